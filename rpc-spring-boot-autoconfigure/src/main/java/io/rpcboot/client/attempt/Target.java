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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

import io.grpc.MethodDescriptor;
import io.rpcboot.client.attempt.AttemptPolicy.Hedging;

/**
 * What the calls to one application share.
 *
 * @param shared what those to all applications share
 * @param nanoClock tells the time in nanoseconds
 * @param random draws from 0 inclusive to 1 exclusive; from any thread
 * @param budget what retries and hedges are paid from
 * @param counters what became of them
 * @param acks answers that have arrived
 * @param hedges by full method name
 */
record Target(AttemptEngine shared, LongSupplier nanoClock, DoubleSupplier random, RetryBudget budget,
		AttemptCounters counters, Acks acks, Map<String, Hedges> hedges) {

	Target(AttemptEngine shared, LongSupplier nanoClock, DoubleSupplier random) {
		this(shared, nanoClock, random, new RetryBudget(nanoClock));
	}

	private Target(AttemptEngine shared, LongSupplier nanoClock, DoubleSupplier random, RetryBudget budget) {
		this(shared, nanoClock, random, budget, new AttemptCounters(budget), new Acks(), new ConcurrentHashMap<>());
	}

	/**
	 * Returns when and how often a method is hedged. Begins anew when its setting has
	 * changed.
	 */
	Hedges hedges(MethodDescriptor<?, ?> method, Hedging hedging) {
		Hedges known = this.hedges.get(method.getFullMethodName());
		if (known == null || !known.hedging().equals(hedging)) {
			known = new Hedges(hedging, new HedgeDelay(hedging.percentile(), this.nanoClock),
					new ExtraLoad(hedging.maxExtraPercent()));
			this.hedges.put(method.getFullMethodName(), known);
		}
		return known;
	}

	/**
	 * When and how often a method is hedged.
	 *
	 * @param hedging the setting
	 * @param delay after what time
	 * @param extraLoad how often
	 */
	record Hedges(Hedging hedging, HedgeDelay delay, ExtraLoad extraLoad) {

	}

}
