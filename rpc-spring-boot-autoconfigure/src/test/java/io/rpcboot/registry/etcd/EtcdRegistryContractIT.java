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

package io.rpcboot.registry.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import io.rpcboot.registry.RegistryUnderTest;
import io.rpcboot.registry.ServiceRegistryContractTests;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;

/**
 * What every registry does, done by {@link EtcdRegistry}.
 */
@EtcdTest
class EtcdRegistryContractIT extends ServiceRegistryContractTests {

	private final EtcdServer etcd;

	EtcdRegistryContractIT(EtcdServer etcd) {
		this.etcd = etcd;
	}

	@Override
	protected RegistryUnderTest openRegistry(String namespace) {
		return RegistryUnderTest.of(new EtcdRegistry(new EtcdSettings(List.of(URI.create(this.etcd.endpoint())), null,
				null, namespace, Duration.ofSeconds(15), Duration.ofSeconds(2))));
	}

}
