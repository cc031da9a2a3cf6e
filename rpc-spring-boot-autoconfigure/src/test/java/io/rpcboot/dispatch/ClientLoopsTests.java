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

package io.rpcboot.dispatch;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the loops run later.
 */
class ClientLoopsTests {

	@ParameterizedTest
	@ValueSource(longs = { 0, 5, 120 })
	void tasksRunAfterTheirDelay(long millis) throws Exception {
		try (ClientLoops loops = new ClientLoops()) {
			CountDownLatch ran = new CountDownLatch(1);
			long start = System.nanoTime();
			loops.schedule(ran::countDown, TimeUnit.MILLISECONDS.toNanos(millis));
			assertThat(ran.await(5, TimeUnit.SECONDS)).isTrue();
			assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(millis));
		}
	}

	@Test
	void whenTheyHaveEndedThenALongDelayIsRejected() {
		ClientLoops loops = new ClientLoops();
		loops.close();
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> loops.schedule(() -> {
		}, TimeUnit.SECONDS.toNanos(1))).withMessage("The timer has stopped");
	}

}
