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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.rpcboot.client.RpcClientSettings.Reference;

/**
 * Gives each call of one reference what holds for its method, and hands it to the channel
 * that has its policy. A plan is made at the first call of a method, and anew when the
 * settings of the application are replaced; a call that has begun keeps its own.
 */
final class ReferenceInterceptor implements ClientInterceptor {

	private final LiveReference reference;

	private final Function<Reference, Function<MethodDescriptor<?, ?>, CallPlan>> planner;

	private volatile Plans plans;

	/**
	 * Creates the interceptor.
	 * @param reference what is set for the application
	 * @param planner decides, by what is set, what holds for a method
	 */
	ReferenceInterceptor(LiveReference reference,
			Function<Reference, Function<MethodDescriptor<?, ?>, CallPlan>> planner) {
		this.reference = reference;
		this.planner = planner;
		this.plans = plans(reference.current());
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		PlannedCalls calls = calls(method);
		CallPlan plan = calls.plan();
		SendBound bound = plan.sendBound();
		return (bound != null) ? bound.newCall(method, calls.options(options), plan.channel())
				: plan.channel().newCall(method, calls.options(options));
	}

	/** By identity: to compare all that is set would cost each call. */
	@SuppressWarnings("ReferenceEquality")
	private PlannedCalls calls(MethodDescriptor<?, ?> method) {
		Plans current = this.plans;
		if (current.settings() != this.reference.current()) {
			current = plans(this.reference.current());
			this.plans = current;
		}
		return current.of(method);
	}

	private Plans plans(Reference settings) {
		return new Plans(settings, this.planner.apply(settings), new ConcurrentHashMap<>());
	}

	/**
	 * The plans under one state of the settings.
	 *
	 * @param settings the settings
	 * @param planner makes a plan
	 * @param byMethod by full method name: a descriptor may be made for each call
	 */
	private record Plans(Reference settings, Function<MethodDescriptor<?, ?>, CallPlan> planner,
			Map<String, PlannedCalls> byMethod) {

		PlannedCalls of(MethodDescriptor<?, ?> method) {
			PlannedCalls calls = this.byMethod.get(method.getFullMethodName());
			return (calls != null) ? calls : this.byMethod.computeIfAbsent(method.getFullMethodName(),
					(name) -> new PlannedCalls(this.planner.apply(method)));
		}

	}

}
