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

package io.rpcboot.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for what has a bound, and logs how long it took.
 */
public final class Measured {

	/** How many bounds may pass on a machine that has other things to do. */
	private static final int PATIENCE = 3;

	private static final Logger logger = LoggerFactory.getLogger(Measured.class);

	private Measured() {
	}

	/**
	 * Waits until something is so, for three times its bound.
	 * @param bound how long it may take on an idle machine
	 * @param what what is waited for
	 * @param condition whether it is so
	 */
	public static void within(Duration bound, String what, Callable<Boolean> condition) {
		long started = System.nanoTime();
		await(bound.multipliedBy(PATIENCE)).alias(what).ignoreExceptions().until(condition);
		long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
		logger.info("Measured: {} after {} ms (bound {} ms){}", what, millis, bound.toMillis(),
				(millis > bound.toMillis()) ? ", LATE" : "");
	}

	/**
	 * Logs what a row found.
	 * @param finding what it found
	 */
	public static void note(String finding) {
		logger.info("Measured: {}", finding);
	}

	/**
	 * Lets time pass, because a fault lasts so long.
	 * @param time how long
	 */
	public static void pass(Duration time) {
		long started = System.nanoTime();
		await(time.multipliedBy(2).plusSeconds(1)).until(() -> System.nanoTime() - started >= time.toNanos());
	}

	private static ConditionFactory await(Duration limit) {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20)).atMost(limit);
	}

}
