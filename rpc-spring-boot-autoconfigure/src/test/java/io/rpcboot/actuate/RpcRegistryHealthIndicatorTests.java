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

package io.rpcboot.actuate;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.WatchStatus.State;
import io.rpcboot.testing.FixedWatches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcRegistryHealthIndicator}.
 */
class RpcRegistryHealthIndicatorTests {

	private final FixedWatches discovery = new FixedWatches();

	@Test
	void whenNothingIsWatchedThenThereIsNoDetailOfDiscovery() {
		assertThat(health().getDetails()).isEqualTo(Map.of("registry", "fixed watches", "registration", "REGISTERED"));
	}

	@Test
	void whenThereAreFewApplicationsThenEachSaysHowItStands() {
		this.discovery.with("orders", State.CURRENT, 3).with("stock", State.STALE, 4, "id-7", "id-9");
		assertThat(health().getDetails()).containsEntry("discovery",
				Map.of("states", Map.of("CURRENT", 1, "STALE", 1), "quarantined", 2, "applications",
						Map.of("orders", application("CURRENT", 3, 0), "stock", application("STALE", 4, 2))));
	}

	@ParameterizedTest
	@EnumSource(State.class)
	void whateverASetRestsOnThenTheHealthIsUpAndSaysWhat(State state) {
		this.discovery.with("stock", state, 1);
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		assertThat(discovery()).containsEntry("states", Map.of(state.name(), 1))
			.containsEntry("applications", Map.of("stock", application(state.name(), 1, 0)));
	}

	@Test
	void whenThereAreMoreThanTenApplicationsThenOnlyThoseInDoubtAreNamed() {
		IntStream.range(0, 997).forEach((i) -> this.discovery.with("app-" + i, State.CURRENT, 2));
		this.discovery.with("lost", State.SNAPSHOT, 2)
			.with("new", State.PENDING, 0)
			.with("odd", State.CURRENT, 5, "id-1");
		assertThat(discovery()).containsEntry("states", Map.of("PENDING", 1, "CURRENT", 998, "SNAPSHOT", 1))
			.containsEntry("quarantined", 1)
			.containsEntry("applications", Map.of("lost", application("SNAPSHOT", 2, 0), "new",
					application("PENDING", 0, 0), "odd", application("CURRENT", 5, 1)));
	}

	@Test
	void whenMoreThanTenAreInDoubtThenTheFirstTenAreNamedAndAllAreCounted() {
		IntStream.range(0, 1000).forEach((i) -> this.discovery.with("app-%03d".formatted(i), State.STALE, 2));
		assertThat(discovery()).containsEntry("states", Map.of("STALE", 1000));
		Object named = discovery().get("applications");
		assertThat(named).isInstanceOfSatisfying(Map.class, (map) -> assertThat(List.copyOf(map.keySet()))
			.isEqualTo(IntStream.range(0, 10).mapToObj("app-%03d"::formatted).toList()));
	}

	@Test
	void whenAllIsCurrentAndThereAreManyThenNoneIsNamed() {
		IntStream.range(0, 11).forEach((i) -> this.discovery.with("app-" + i, State.CURRENT, 2));
		assertThat(discovery())
			.isEqualTo(Map.of("states", Map.of("CURRENT", 11), "quarantined", 0, "applications", Map.of()));
	}

	private Health health() {
		Health health = new RpcRegistryHealthIndicator(this.discovery, () -> RegistrationState.REGISTERED).health();
		assertThat(health).isNotNull();
		return health;
	}

	@SuppressWarnings("unchecked")
	private Map<String, Object> discovery() {
		return (Map<String, Object>) health().getDetails().get("discovery");
	}

	private static Map<String, Object> application(String state, int instances, int quarantined) {
		return Map.of("state", state, "instances", instances, "quarantined", quarantined);
	}

}
