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

import java.util.Set;
import java.util.concurrent.Executor;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.rpcboot.client.attempt.AttemptPolicy.Deduplication;
import io.rpcboot.client.balancer.PickOptions;
import io.rpcboot.client.balancer.policy.PickHints;
import io.rpcboot.dispatch.AttemptReads;
import org.jspecify.annotations.Nullable;

/**
 * What the attempts of a hedged call are made of.
 *
 * @param <Q> the type of the request
 * @param <A> the type of responses
 * @param method the method, which has one request
 * @param options the options of the call
 * @param channel where attempts go
 * @param target whom they call
 * @param policy how the first one is attempted
 * @param hedges when and how often the method is hedged
 */
record HedgePlan<Q, A>(MethodDescriptor<Q, A> method, CallOptions options, Channel channel, Target target,
		AttemptPolicy policy, Target.Hedges hedges) {

	/**
	 * Creates the plan of a call. The events of both attempts of a stream go through one
	 * queue, since its listener is told of many.
	 */
	static <Q, A> HedgePlan<Q, A> of(MethodDescriptor<Q, A> method, CallOptions options, Channel channel, Target target,
			AttemptPolicy policy, Target.Hedges hedges) {
		if (method.getType() == MethodType.UNARY) {
			return new HedgePlan<>(method, options, channel, target, policy, hedges);
		}
		@Nullable Executor executor = options.getExecutor();
		return new HedgePlan<>(method,
				options.withExecutor(new OneQueue((executor != null) ? executor : Runnable::run)), channel, target,
				policy, hedges);
	}

	boolean isStream() {
		return this.method.getType() != MethodType.UNARY;
	}

	/**
	 * Returns for how many messages an attempt is asked before it counts. One that does
	 * not must not read a stream that nobody takes.
	 */
	int advance() {
		return isStream() ? 1 : Integer.MAX_VALUE;
	}

	/**
	 * Makes the first attempt, which is retried as any other call is.
	 */
	HedgeArm<Q, A> first(HedgeRace<Q, A> race) {
		return arm(race, this.options, this.policy);
	}

	/**
	 * Makes the second attempt: at another instance than the first or not at all, and
	 * once.
	 */
	HedgeArm<Q, A> second(HedgeRace<Q, A> race, String instance) {
		@Nullable PickHints set = this.options.getOption(PickOptions.HINTS);
		CallOptions elsewhere = this.options.withOption(PickOptions.HINTS,
				new PickHints(null, Set.of(instance), (set != null) ? set.key() : null, true));
		return arm(race, elsewhere,
				new AttemptPolicy(1, this.policy.backoff(), this.policy.statuses(), true, Deduplication.NONE, null));
	}

	private HedgeArm<Q, A> arm(HedgeRace<Q, A> race, CallOptions ofArm, AttemptPolicy policyOfArm) {
		if (!isStream()) {
			return new HedgeArm<>(race, new UnaryAttempts<>(this.method, ofArm, this.channel, this.target, policyOfArm),
					null);
		}
		AttemptReads reads = new AttemptReads();
		return new HedgeArm<>(race, new StreamAttempts<>(this.method, ofArm.withOption(AttemptReads.KEY, reads),
				this.channel, this.target, policyOfArm), reads);
	}

	/**
	 * Pays for the second attempt, if it may be sent.
	 */
	boolean pay() {
		boolean paid = this.hedges.extraLoad().tryWithdraw() && this.target.budget().tryWithdraw();
		if (!paid) {
			this.target.counters().hedgeRefused();
		}
		return paid;
	}

	/**
	 * Tells whether an attempt has failed, so that another one may still answer. Anything
	 * else is an answer of the application.
	 * @param status how it ended
	 * @param refused whether the server says that it has not executed it
	 */
	boolean isFailure(Status status, boolean refused) {
		return refused || switch (status.getCode()) {
			case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, CANCELLED -> true;
			default -> this.policy.statuses().contains(status.getCode());
		};
	}

}
