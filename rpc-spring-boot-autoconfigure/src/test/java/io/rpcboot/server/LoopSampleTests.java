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

import java.lang.Thread.State;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LoopSample}: which two looks at a late loop prove that a service
 * blocks it.
 */
class LoopSampleTests {

	private static final StackTraceElement HANDLER = new StackTraceElement("demo.Greeter", "sayHello", "G.java", 7);

	private static final StackTraceElement POLL = new StackTraceElement("sun.nio.ch.Net", "poll", "Net.java", -2);

	@ParameterizedTest
	@EnumSource(names = { "BLOCKED", "WAITING", "TIMED_WAITING" })
	void whenItWaitedTwiceThenItBlocksWhetherInOneCallOrInTwo(State state) {
		LoopSample first = sample("demo.Greeter", 1, state, 0, 0, HANDLER);
		assertThat(confirms(sample("demo.Greeter", 1, state, 5, 0, HANDLER), first)).isTrue();
		assertThat(confirms(sample("demo.Greeter", 2, state, 5, 0, HANDLER), first)).isTrue();
	}

	@Test
	void whenItWaitedOnlyOnceThenNothingIsProven() {
		LoopSample waits = sample("demo.Greeter", 1, State.WAITING, 0, 0, HANDLER);
		LoopSample runs = sample("demo.Greeter", 2, State.RUNNABLE, 5, 5, HANDLER);
		assertThat(confirms(runs, waits)).isFalse();
	}

	@Test
	void whenTwoServicesWaitedThenNothingIsProvenOfEither() {
		LoopSample one = sample("demo.One", 1, State.WAITING, 0, 0, HANDLER);
		assertThat(confirms(sample("demo.Two", 2, State.WAITING, 5, 0, HANDLER), one)).isFalse();
	}

	@Test
	void whenOneTaskComputesForAsLongAsTheLimitThenItBlocks() {
		LoopSample first = sample("demo.Greeter", 1, State.RUNNABLE, 0, 0, HANDLER);
		assertThat(confirms(sample("demo.Greeter", 1, State.RUNNABLE, 19, 19, HANDLER), first)).isFalse();
		assertThat(confirms(sample("demo.Greeter", 1, State.RUNNABLE, 20, 10, HANDLER), first)).isTrue();
	}

	@Test
	void whenATaskGetsNoProcessorThenTheMachineIsBusyNotTheService() {
		LoopSample first = sample("demo.Greeter", 1, State.RUNNABLE, 0, 0, HANDLER);
		assertThat(confirms(sample("demo.Greeter", 1, State.RUNNABLE, 1000, 499, HANDLER), first)).isFalse();
	}

	@Test
	void whenTheProcessorTimeIsNotKnownThenATaskOfThatLengthBlocks() {
		LoopSample first = sample("demo.Greeter", 1, State.RUNNABLE, 0, -1, HANDLER);
		assertThat(confirms(sample("demo.Greeter", 1, State.RUNNABLE, 20, -1, HANDLER), first)).isTrue();
	}

	@Test
	void whenATaskStaysInNativeCodeThenItBlocksThoughTheThreadCountsAsRunnable() {
		LoopSample first = sample("demo.Greeter", 1, State.RUNNABLE, 0, 0, POLL, HANDLER);
		assertThat(confirms(sample("demo.Greeter", 1, State.RUNNABLE, 20, 0, POLL, HANDLER), first)).isTrue();
		assertThat(confirms(sample("demo.Greeter", 1, State.RUNNABLE, 20, 0, HANDLER), first)).isFalse();
	}

	@Test
	void whenManyShortTasksRunThenNoneOfThemBlocks() {
		LoopSample first = sample("demo.Greeter", 1, State.RUNNABLE, 0, 0, HANDLER);
		assertThat(confirms(sample("demo.Greeter", 2, State.RUNNABLE, 20, 20, HANDLER), first)).isFalse();
	}

	@Test
	void whenAClassIsLoadedOrInitializedThenItIsWarmingUp() {
		assertThat(sample("demo.Greeter", 1, State.RUNNABLE, 0, 0, HANDLER).isWarmingUp()).isFalse();
		assertThat(sample("demo.Greeter", 1, State.RUNNABLE, 0, 0,
				new StackTraceElement("java.lang.ClassLoader", "loadClass", null, 1), HANDLER)
			.isWarmingUp()).isTrue();
		assertThat(sample("demo.Greeter", 1, State.RUNNABLE, 0, 0,
				new StackTraceElement("demo.Tariff", "<clinit>", null, 1), HANDLER)
			.isWarmingUp()).isTrue();
		assertThat(sample("demo.Greeter", 1, State.RUNNABLE, 0, 0,
				new StackTraceElement("java.lang.invoke.MethodHandleNatives", "linkCallSite", null, 1), HANDLER)
			.isWarmingUp()).isTrue();
	}

	private static boolean confirms(LoopSample sample, LoopSample earlier) {
		return sample.confirms(earlier, Duration.ofMillis(20).toNanos());
	}

	private static LoopSample sample(String service, long task, State state, long atMillis, long cpuMillis,
			StackTraceElement... stack) {
		long cpuNanos = (cpuMillis < 0) ? -1 : Duration.ofMillis(cpuMillis).toNanos();
		return new LoopSample(service, task, "rpc-server-loop-1", state, List.of(stack), cpuNanos,
				Duration.ofMillis(atMillis).toNanos());
	}

}
