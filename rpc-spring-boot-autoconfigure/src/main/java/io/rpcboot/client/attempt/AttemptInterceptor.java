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

package io.rpcboot.client.attempt;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.rpcboot.client.attempt.AttemptPolicy.Hedging;
import org.jspecify.annotations.Nullable;

/**
 * Makes the attempts of calls to one application, and tells its servers who calls.
 */
final class AttemptInterceptor implements ClientInterceptor {

	private final Target target;

	AttemptInterceptor(Target target) {
		this.target = target;
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		this.target.budget().deposit();
		@Nullable AttemptPolicy set = options.getOption(AttemptPolicy.KEY);
		AttemptPolicy policy = (set != null) ? set : AttemptPolicy.DEFAULT;
		Hedging hedging = policy.hedging();
		if (hedging != null && method.getType().clientSendsOneMessage()
				&& !Boolean.FALSE.equals(options.getOption(AttemptPolicy.IDEMPOTENT))) {
			return new HedgedCall<>(
					HedgePlan.of(method, options, next, this.target, policy, this.target.hedges(method, hedging)));
		}
		return (method.getType() == MethodType.UNARY) ? new UnaryAttempts<>(method, options, next, this.target, policy)
				: new StreamAttempts<>(method, options, next, this.target, policy);
	}

}
