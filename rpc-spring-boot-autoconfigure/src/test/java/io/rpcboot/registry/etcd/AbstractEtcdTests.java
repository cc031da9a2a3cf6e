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
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.RegistryUnderTest;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdStore;
import io.rpcboot.testing.etcd.EtcdTest;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;

/**
 * What the tests on a real etcd share: a namespace, registries that are closed after each
 * test, and an etcd that runs again after it, whatever the test did to it.
 */
@EtcdTest
abstract class AbstractEtcdTests {

	static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);

	static final Duration LONG_TTL = Duration.ofSeconds(15);

	static final Duration SHORT_TTL = Duration.ofSeconds(3);

	final EtcdServer etcd;

	final EtcdStore store;

	final RecordedLog log = new RecordedLog();

	final String namespace = "it-" + UUID.randomUUID();

	private final List<RegistryUnderTest> opened = new ArrayList<>();

	AbstractEtcdTests(EtcdServer etcd) {
		this.etcd = etcd;
		this.store = new EtcdStore(etcd.endpoint());
	}

	@AfterEach
	void cleanUp() {
		this.etcd.heal();
		this.opened.forEach(RegistryUnderTest::close);
		this.store.close();
		this.log.close();
	}

	final RegistryUnderTest open(Duration leaseTtl) {
		return open(leaseTtl, URI.create(this.etcd.endpoint()));
	}

	final RegistryUnderTest open(Duration leaseTtl, URI endpoint) {
		return opened(new EtcdRegistry(settings(leaseTtl, endpoint)));
	}

	final RegistryUnderTest opened(EtcdRegistry registry) {
		RegistryUnderTest wrapped = RegistryUnderTest.of(registry);
		this.opened.add(wrapped);
		return wrapped;
	}

	final EtcdSettings settings(Duration leaseTtl, URI endpoint) {
		return new EtcdSettings(List.of(endpoint), null, null, this.namespace, leaseTtl, REQUEST_TIMEOUT);
	}

	final String key(String id) {
		return "/rpc/" + this.namespace + "/demo/" + id;
	}

	static ServiceInstance instance(String id, int port) {
		return ServiceInstance.of(id, "demo", "10.0.0.1", port);
	}

	/** Waits until etcd has the record, and a fresh client of the test's sees it. */
	final Registration registered(Registration registration) {
		await(Duration.ofSeconds(15)).until(() -> registration.state() == RegistrationState.REGISTERED);
		return registration;
	}

	static ConditionFactory await(Duration limit) {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20)).atMost(limit);
	}

}
