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

package io.rpcboot.client.balancer;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The order in which {@link RoundRobinPicker} picks.
 */
class RoundRobinPickerTests {

	private final PickSubchannelArgs args = Mockito.mock();

	@Test
	void picksOneAfterTheOther() {
		List<PickResult> results = results(3);
		RoundRobinPicker picker = new RoundRobinPicker(results);
		int first = results.indexOf(picker.pickSubchannel(this.args));
		for (int i = 1; i < 30; i++) {
			assertThat(picker.pickSubchannel(this.args)).isSameAs(results.get((first + i) % 3));
		}
	}

	@Test
	void whenThereIsOneThenItIsPickedAlways() {
		List<PickResult> results = results(1);
		RoundRobinPicker picker = new RoundRobinPicker(results);
		assertThat(IntStream.range(0, 5).mapToObj((i) -> picker.pickSubchannel(this.args)))
			.containsOnly(results.get(0));
	}

	/**
	 * Of 200 pickers over four, the chance that none begins with a given one is 0.75^200,
	 * below 1e-24.
	 */
	@Test
	void eachPickerBeginsWithARandomOne() {
		List<PickResult> results = results(4);
		Set<PickResult> begun = new HashSet<>();
		for (int i = 0; i < 200; i++) {
			begun.add(new RoundRobinPicker(results).pickSubchannel(this.args));
		}
		assertThat(begun).containsExactlyInAnyOrderElementsOf(results);
	}

	@Test
	void whenThreadsPickAtOnceThenEachGetsTheSameNumber() throws Exception {
		List<PickResult> results = results(5);
		RoundRobinPicker picker = new RoundRobinPicker(results);
		Map<PickResult, LongAdder> picks = new ConcurrentHashMap<>();
		Callable<Boolean> task = () -> {
			for (int i = 0; i < 10_000; i++) {
				picks.computeIfAbsent(picker.pickSubchannel(this.args), (absent) -> new LongAdder()).increment();
			}
			return true;
		};
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			for (Future<Boolean> done : threads.invokeAll(List.of(task, task, task, task))) {
				assertThat(done.get()).isTrue();
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(picks).hasSize(5).allSatisfy((result, count) -> assertThat(count.sum()).isEqualTo(8_000));
	}

	private static List<PickResult> results(int count) {
		return IntStream.range(0, count)
			.mapToObj((i) -> PickResult.withError(Status.UNAVAILABLE.withDescription("result " + i)))
			.toList();
	}

}
