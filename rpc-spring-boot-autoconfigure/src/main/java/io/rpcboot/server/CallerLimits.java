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

import java.util.function.Function;
import java.util.function.Predicate;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.rpcboot.call.PerMethodInterceptor;
import io.rpcboot.server.admission.ServerAdmission;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;

/**
 * Limits the rates of callers. Health and reflection have none.
 */
final class CallerLimits implements PerMethodInterceptor, Ordered {

	private final ServerAdmission admission;

	private final Function<MethodDescriptor<?, ?>, Predicate<Metadata>> known;

	/**
	 * Creates the limits.
	 * @param admission knows the rates
	 * @param known says for a method by the headers of a call that it runs already or has
	 * run, so that it is answered whatever its caller has used up
	 */
	CallerLimits(ServerAdmission admission, Function<MethodDescriptor<?, ?>, Predicate<Metadata>> known) {
		this.admission = admission;
		this.known = known;
	}

	@Override
	public int getOrder() {
		return ServerInterceptorOrder.CALLER_LIMIT;
	}

	@Override
	public @Nullable ServerInterceptor of(MethodDescriptor<?, ?> method) {
		return CallTracker.isInfrastructure(method.getFullMethodName()) ? null
				: new CallerLimitInterceptor(this.admission, this.known.apply(method));
	}

}
