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

package io.rpcboot.client;

import java.util.ArrayList;
import java.util.List;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

/**
 * Addresses that a property names.
 */
class StaticDiscoveryTests {

	@ParameterizedTest
	@CsvSource({ "127.0.0.1:9090, 127.0.0.1, 9090", "demo-provider.default.svc:80, demo-provider.default.svc, 80",
			"my_host:65535, my_host, 65535", "[::1]:9090, ::1, 9090", "[fe80::1%eth0]:1, fe80::1%eth0, 1" })
	void addressIsHostAndPort(String address, String host, int port) {
		ServiceInstance instance = StaticDiscovery.instance("echo", address);
		assertThat(instance).isEqualTo(ServiceInstance.of(address, "echo", host, port));
		assertThat(instance.address()).isEqualTo(address);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "host", ":9090", "host:", "host:x", "host:0", "host:-1", "host:65536", "host:999999",
			"http://host:9090", "host:9090/", "::1:9090", "[]:9090", "host :9090", "a,b:1" })
	void whenAddressHasAnotherFormThenItIsRefused(String address) {
		assertThatIllegalArgumentException().isThrownBy(() -> new StaticDiscovery("echo", List.of(address)))
			.withMessage("address: '" + address + "' (expected: host:port)");
	}

	@Test
	void allAddressesAreToldAtOnce() {
		List<List<ServiceInstance>> told = new ArrayList<>();
		StaticDiscovery discovery = new StaticDiscovery("echo", List.of("a:1", "b:2"));
		InstanceWatch watch = discovery.watch("echo", new InstanceListener() {
			@Override
			public void onInstances(List<ServiceInstance> instances) {
				told.add(instances);
			}

			@Override
			public void onUnavailable(RegistryException reason) {
				fail("The addresses are known", reason);
			}
		});
		watch.refresh();
		watch.close();
		assertThat(told).containsExactly(
				List.of(ServiceInstance.of("a:1", "echo", "a", 1), ServiceInstance.of("b:2", "echo", "b", 2)));
		assertThat(discovery.describe()).isEqualTo("the static addresses [a:1, b:2]");
	}

}
