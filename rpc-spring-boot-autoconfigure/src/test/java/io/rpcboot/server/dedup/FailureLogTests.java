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

package io.rpcboot.server.dedup;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FailureLog}.
 */
class FailureLogTests {

	private final FakeTime time = new FakeTime();

	private final AtomicInteger logged = new AtomicInteger();

	private final FailureLog log = new FailureLog(this.time);

	@Test
	void whenManyCallsFailThenOneAMinuteIsLogged() {
		for (int i = 0; i < 100; i++) {
			this.log.log(this.logged::incrementAndGet);
		}
		assertThat(this.logged).hasValue(1);
		this.time.pass(Duration.ofSeconds(60).minusNanos(1));
		this.log.log(this.logged::incrementAndGet);
		assertThat(this.logged).hasValue(1);
		this.time.pass(Duration.ofNanos(1));
		this.log.log(this.logged::incrementAndGet);
		this.log.log(this.logged::incrementAndGet);
		assertThat(this.logged).hasValue(2);
	}

}
