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

package io.rpcboot.server.admission;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Which calls a server lets in.
 *
 * @param dryRun whether calls are only counted and not refused
 * @param defaults what holds for each service, unless it says otherwise
 * @param services limits by full names of services
 * @param methods limits by full names of methods
 * @param adaptive the adaptive limit
 * @param callers the rates of callers
 */
public record AdmissionSettings(boolean dryRun, Limit defaults, Map<String, Limit> services, Map<String, Limit> methods,
		Adaptive adaptive, Callers callers) {

	/**
	 * How many calls run at a time and how many wait.
	 *
	 * @param maxConcurrent the most calls that run; {@code null} for what the wider level
	 * says, in the end for any number
	 * @param queueCapacity the most calls that wait; {@code null} for what the wider
	 * level says, in the end for as many as may run
	 * @param maxQueueTime the longest wait; {@code null} for what the wider level says,
	 * in the end for 100 ms
	 * @param priority which calls come first; {@code null} for what the wider level says,
	 * in the end {@link Priority#NORMAL}
	 */
	public record Limit(@Nullable Integer maxConcurrent, @Nullable Integer queueCapacity,
			@Nullable Duration maxQueueTime, @Nullable Priority priority) {

		/**
		 * Says nothing.
		 */
		public static final Limit NONE = new Limit(null, null, null, null);

		/**
		 * Fills in what this level does not say.
		 * @param wider the wider level
		 * @return both
		 */
		public Limit or(Limit wider) {
			return new Limit((this.maxConcurrent != null) ? this.maxConcurrent : wider.maxConcurrent,
					(this.queueCapacity != null) ? this.queueCapacity : wider.queueCapacity,
					(this.maxQueueTime != null) ? this.maxQueueTime : wider.maxQueueTime,
					(this.priority != null) ? this.priority : wider.priority);
		}

	}

	/**
	 * Which calls come first.
	 */
	public enum Priority {

		/**
		 * In turn.
		 */
		NORMAL,

		/**
		 * Before all normal ones: such a call leaves the queue first, takes the place of
		 * a normal one where the queue is full, and passes the adaptive limit.
		 */
		HIGH

	}

	/**
	 * The adaptive limit of each service.
	 *
	 * @param enabled whether there is one
	 * @param minLimit the least calls that may run
	 * @param maxLimit the most calls that may run
	 * @param cpuThreshold the process's share of the processors from which it limits,
	 * above 0 and up to 1
	 * @param maxQueueDelay how long calls wait for a thread on average before it limits
	 */
	public record Adaptive(boolean enabled, int minLimit, int maxLimit, double cpuThreshold, Duration maxQueueDelay) {

	}

	/**
	 * The rates of callers.
	 *
	 * @param rates by the names of callers
	 * @param defaultRate of each other caller; unlimited if {@code null}
	 * @param maxTracked how many callers are told apart; further ones share one rate
	 * @param identity says who calls
	 */
	public record Callers(Map<String, Rate> rates, @Nullable Rate defaultRate, int maxTracked,
			CallerIdentity identity) {

	}

	/**
	 * A rate of calls.
	 *
	 * @param perSecond calls a second in the long run, above 0
	 * @param burst calls at once after a pause, at least 1
	 */
	public record Rate(double perSecond, int burst) {

	}

}
