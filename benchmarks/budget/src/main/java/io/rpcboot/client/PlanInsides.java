/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.rpcboot.client;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.rpcboot.client.RpcClientSettings.Defaults;
import io.rpcboot.client.RpcClientSettings.Method;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.client.attempt.AttemptPolicies;
import io.rpcboot.client.attempt.AttemptSettings;

import org.springframework.beans.factory.BeanFactory;

/**
 * Reaches, for a benchmark, the plans of the calls of a reference whose annotation says
 * nothing but the application.
 */
public final class PlanInsides {

	private final CallPlans plans;

	private final MethodDescriptor<?, ?> method;

	private final PlannedCalls calls;

	/**
	 * Creates the plans.
	 * @param beans of an application, which has the settings
	 * @param application the application that is called
	 * @param method the method that is called
	 */
	public PlanInsides(BeanFactory beans, String application, MethodDescriptor<?, ?> method) {
		RpcClientSettings settings = beans.getBean(RpcClientSettings.class);
		Reference reference = settings.reference(application);
		Defaults defaults = settings.defaults();
		this.plans = new CallPlans(beans.getBean(RpcChannels.class), application,
				CallTimeouts.of(application, defaults, null, reference),
				new MethodSettings<>(new SettingNames(application, "load-balancing", "loadBalancing"),
						defaults.loadBalancing(), null, reference, Reference::loadBalancing, Method::loadBalancing),
				new MethodSettings<>(new SettingNames(application, "hash-key", "@HashKey"), null, null, reference,
						(set) -> HashKeySource.of(set.hashKey()), (set) -> HashKeySource.of(set.hashKey())),
				ReferenceRoute.of("", new String[0], reference.routing()),
				new AttemptPolicies(defaults.attempts(), AttemptSettings.NONE, Set.of(), Set.of(), reference.attempts(),
						reference.methods()
							.entrySet()
							.stream()
							.collect(Collectors.toMap(Map.Entry::getKey, (set) -> set.getValue().attempts()))),
				defaults.maxBuffered(), true);
		this.method = method;
		this.calls = new PlannedCalls(this.plans.apply(method));
	}

	/**
	 * Plans the calls of the method.
	 * @return the plan
	 */
	public Object plan() {
		return this.plans.apply(this.method);
	}

	/**
	 * Returns the options of a call by its plan, which was made before.
	 * @param options what the call says itself
	 * @return the options
	 */
	public CallOptions options(CallOptions options) {
		return this.calls.options(options);
	}

}
