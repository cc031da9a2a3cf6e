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

package io.rpcboot.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.rpcboot.dispatch.ServerDispatch;
import io.rpcboot.server.ServiceCollector.BoundService;
import io.rpcboot.server.admission.AdmissionStatistics;
import io.rpcboot.server.admission.ServerAdmission;
import org.jspecify.annotations.Nullable;

/**
 * What keeps the services of one start of the server apart: pools, limits and the rates
 * of callers.
 */
final class Limits implements AutoCloseable {

	private final RpcServerSettings settings;

	private final HandlerThreads handlers;

	private final HandlerPools pools;

	private final ServerAdmission admission;

	private @Nullable ServerDispatch dispatch;

	Limits(RpcServerSettings settings, HandlerThreads handlers) {
		this.settings = settings;
		this.handlers = handlers;
		this.pools = new HandlerPools(settings.executors().pools());
		this.admission = new ServerAdmission(settings.admission(), System::nanoTime);
	}

	HandlerPools pools() {
		return this.pools;
	}

	void addInterceptors(List<ServerInterceptor> interceptors,
			Function<MethodDescriptor<?, ?>, Predicate<Metadata>> known) {
		if (this.admission.limitsCallers()) {
			interceptors.add(new CallerLimits(this.admission, known));
		}
	}

	/**
	 * Puts the limits in front of the services. Health and reflection have none, a user's
	 * own either.
	 * @throws RpcServerException if a limit is for what is not served
	 */
	void applyTo(ServerDispatch newDispatch, Map<String, BoundService> services) {
		LimitNames.check(this.settings.admission(), this.settings.executors().services(),
				services.values().stream().map(BoundService::definition).toList());
		this.dispatch = newDispatch;
		this.pools.route(newDispatch);
		services.forEach((name, service) -> {
			if (!CallTracker.isInfrastructure(name + "/")) {
				this.admission.limit(service.definition(), !service.nonBlocking(), newDispatch);
			}
		});
	}

	AdmissionStatistics statistics() {
		Map<String, AdmissionStatistics.Executor> executors = new LinkedHashMap<>();
		executors.put(HandlerPools.DEFAULT,
				this.handlers.statistics((this.dispatch != null) ? this.dispatch.waiting() : 0));
		this.pools.statistics(executors);
		return this.admission.statistics(executors);
	}

	@Override
	public void close() {
		this.pools.close();
		this.admission.close();
	}

}
