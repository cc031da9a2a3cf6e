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

package io.rpcboot.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ServiceInstance}.
 */
class ServiceInstanceTests {

	@Test
	void whenOnlyAddressIsKnownThenIsUpAndOfDefaultWeight() {
		ServiceInstance instance = ServiceInstance.of("a", "demo", "10.0.0.1", 9090);
		assertThat(instance).isEqualTo(new ServiceInstance("a", "demo", "10.0.0.1", 9090, List.of(), InstanceState.UP,
				100, null, null, Map.of(), null, Map.of()));
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.1, 10.0.0.1:9090", "demo.example.org, demo.example.org:9090", "fd00::7, [fd00::7]:9090" })
	void addressIsWhatConsumersDial(String host, String expected) {
		assertThat(ServiceInstance.of("a", "demo", host, 9090).address()).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 65535 })
	void whenPortIsAtTheEdgeThenIsTaken(int port) {
		assertThat(ServiceInstance.of("a", "demo", "h", port).port()).isEqualTo(port);
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 0, 65536 })
	void whenPortIsOutOfRangeThenThrows(int port) {
		assertThatIllegalArgumentException().isThrownBy(() -> ServiceInstance.of("a", "demo", "h", port))
			.withMessage("port: '" + port + "' (expected: 1 to 65535)");
	}

	@Test
	void whenIdIsEmptyThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> ServiceInstance.of("", "demo", "h", 1))
			.withMessage("id: '' (expected: a non-empty text)");
	}

	@Test
	void whenHostIsEmptyThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> ServiceInstance.of("a", "demo", "", 1))
			.withMessage("host: '' (expected: a host name or IP address)");
	}

	@Test
	void whenWeightIsNegativeThenThrows() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ServiceInstance("a", "demo", "h", 1, List.of(), InstanceState.UP, -1, null, null,
					Map.of(), null, Map.of()))
			.withMessage("weight: '-1' (expected: >= 1)");
	}

	@Test
	void whenGivenCollectionsChangeThenInstanceDoesNot() {
		List<String> services = new ArrayList<>(List.of("demo.Greeter"));
		Map<String, String> tags = new HashMap<>(Map.of("lane", "blue"));
		Map<String, String> metadata = new HashMap<>(Map.of("owner", "a"));
		ServiceInstance instance = new ServiceInstance("a", "demo", "h", 1, services, InstanceState.UP, 1, null, null,
				tags, null, metadata);
		services.clear();
		tags.clear();
		metadata.clear();
		assertThat(instance.services()).containsExactly("demo.Greeter").isUnmodifiable();
		assertThat(instance.tags()).containsExactly(Map.entry("lane", "blue")).isUnmodifiable();
		assertThat(instance.metadata()).containsExactly(Map.entry("owner", "a")).isUnmodifiable();
	}

	@Test
	void whenStateIsReplacedThenTheRestStays() {
		ServiceInstance instance = ServiceInstance.of("a", "demo", "h", 1);
		ServiceInstance draining = instance.withState(InstanceState.DRAINING);
		assertThat(draining.state()).isEqualTo(InstanceState.DRAINING);
		assertThat(draining.withState(InstanceState.UP)).isEqualTo(instance);
	}

}
