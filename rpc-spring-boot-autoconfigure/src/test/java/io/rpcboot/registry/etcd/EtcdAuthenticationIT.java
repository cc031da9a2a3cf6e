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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import ch.qos.logback.classic.Level;
import io.rpcboot.registry.RecordingListener;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.RegistryUnderTest;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.etcd.EtcdSettings.Tls;
import io.rpcboot.testing.etcd.EtcdOptions;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import io.rpcboot.testing.etcd.EtcdUsers;
import io.rpcboot.testing.tls.PemFiles;
import io.rpcboot.testing.tls.TestCertificates;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How {@link EtcdRegistry} logs in to an etcd that demands it.
 */
@Tag("faults")
@EtcdTest
class EtcdAuthenticationIT {

	private static final String PASSWORD = "s3cret-" + UUID.randomUUID();

	private static final String WRONG = "wr0ng-" + UUID.randomUUID();

	private final EtcdServer etcd;

	private final RecordedLog log = new RecordedLog();

	private final String namespace = "it-" + UUID.randomUUID();

	private @Nullable RegistryUnderTest opened;

	private boolean restarted;

	EtcdAuthenticationIT(EtcdServer etcd) {
		this.etcd = etcd;
	}

	@BeforeAll
	static void demandLogIn(EtcdServer etcd) {
		EtcdUsers.demandLogIn(etcd, PASSWORD, "nobody");
	}

	@AfterEach
	void cleanUp() {
		if (this.opened != null) {
			this.opened.close();
		}
		this.log.close();
		if (this.restarted) {
			this.etcd.restart(EtcdOptions.DEFAULT);
		}
		assertThat(this.log.everything()).noneMatch((line) -> line.contains(PASSWORD) || line.contains(WRONG));
	}

	@Test
	void whenPasswordIsRightThenRegistersAndDiscovers() {
		RegistryUnderTest registry = open("root", PASSWORD);
		registry.register(instance());
		registry.watch("demo").awaitIds("a");
		assertThat(this.log.lines(Level.ERROR)).isEmpty();
		assertThat(this.log.lines(Level.WARN)).isEmpty();
	}

	@Test
	void whenEtcdForgetsTheTokenThenLogsInAgain() {
		RegistryUnderTest registry = open("root", PASSWORD);
		RecordingListener listener = registry.watch("demo");
		Registration registration = registry.register(instance());
		listener.awaitIds("a");
		this.etcd.restart();
		assertThat(registration.update(ServiceInstance.of("a", "demo", "10.0.0.1", 2)))
			.succeedsWithin(Duration.ofSeconds(8));
		listener.awaitSet((set) -> set.get(0).port() == 2);
		assertThat(this.log.lines(Level.ERROR)).isEmpty();
	}

	@Test
	void whenPasswordIsWrongThenSaysSoOnceAndKeepsTrying() {
		RegistryUnderTest registry = open("root", WRONG);
		RecordingListener listener = registry.watch("demo");
		Registration registration = registry.register(instance());
		await().until(() -> listener.failures().size() >= 4);
		assertThat(registration.state()).isEqualTo(RegistrationState.PENDING);
		assertThat(this.log.lines(Level.ERROR)).containsExactly(where()
				+ " refuses requests of user 'root': INVALID_ARGUMENT: etcdserver: authentication failed, invalid user ID or "
				+ "password. Check rpc.registry.etcd.username and rpc.registry.etcd.password; trying again until they "
				+ "are accepted");
		assertThat(this.log.lines(Level.WARN)).isEmpty();
		assertThat(listener.awaitFailure())
			.hasMessage(where() + ": INVALID_ARGUMENT: etcdserver: authentication failed, invalid user ID or password");
	}

	@Test
	void whenUserIsMissingThenSaysSo() {
		open(null, null).register(instance());
		await().until(() -> !this.log.lines(Level.ERROR).isEmpty());
		assertThat(this.log.lines(Level.ERROR)).singleElement()
			.asString()
			.startsWith(where() + " refuses requests of user 'null': ")
			.contains("user name is empty");
	}

	@Test
	void whenTheTokenExpiresThenEverythingGoesOn(@TempDir Path directory) {
		PemFiles rsa = TestCertificates.createIn(directory).rsa("tokens");
		this.restarted = true;
		this.etcd.restart(EtcdOptions.DEFAULT.withTokens(rsa, 2));
		try (EtcdToken token = new EtcdToken(this.etcd.endpoint(), "root", PASSWORD)) {
			RegistryUnderTest registry = open("root", PASSWORD, null);
			Registration registration = registry.register(instance());
			List<RecordingListener> listeners = new ArrayList<>();
			AtomicInteger port = new AtomicInteger(1);
			// Until the third token.
			long end = System.nanoTime() + Duration.ofSeconds(6).toNanos();
			await().pollInterval(Duration.ofMillis(300)).until(() -> {
				assertThat(registration.update(ServiceInstance.of("a", "demo", "10.0.0.1", port.incrementAndGet())))
					.succeedsWithin(Duration.ofSeconds(4));
				listeners.add(registry.watch("demo"));
				listeners.forEach((listener) -> listener.awaitSet((set) -> set.get(0).port() == port.get()));
				return System.nanoTime() > end;
			});
			assertThat(token.isAccepted()).isFalse();
			assertThat(listeners).allSatisfy((listener) -> assertThat(listener.failures()).isEmpty());
			assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
			assertThat(this.log.infos("Registered ")).hasSize(1);
			assertThat(this.log.lines(Level.ERROR)).isEmpty();
			assertThat(this.log.lines(Level.WARN)).isEmpty();
		}
	}

	@Test
	void whenEtcdHasTlsThenLogsInOverIt(@TempDir Path directory) {
		TestCertificates authority = TestCertificates.createIn(directory);
		PemFiles server = authority.server("server");
		authority.client("member");
		this.restarted = true;
		this.etcd.restart(EtcdOptions.DEFAULT.withTls(server, authority.context("member"))
			.withClientCertificates(authority.authority()));
		Tls tls = new Tls(authority.keyManagers("member"), authority.trustManagers(), List.of(), List.of());
		RegistryUnderTest registry = open("root", PASSWORD, () -> tls);
		registry.register(instance());
		registry.watch("demo").awaitIds("a");
		assertThat(this.etcd.endpoint()).startsWith("https://");
		assertThat(this.log.lines(Level.ERROR)).isEmpty();
		assertThat(this.log.lines(Level.WARN)).isEmpty();
	}

	@Test
	void whenUserMayNotWriteThenSaysSoOnce() {
		RecordingListener listener = open("nobody", PASSWORD).watch("demo");
		await().until(() -> listener.failures().size() >= 4);
		assertThat(this.log.lines(Level.ERROR)).singleElement()
			.asString()
			.startsWith(where() + " refuses requests of user 'nobody': ")
			.contains("permission denied");
	}

	@Test
	void whenEtcdIsDownThenItIsNotTakenForARefusal() {
		this.etcd.kill();
		try {
			RegistryUnderTest registry = open("root", PASSWORD);
			RecordingListener listener = registry.watch("demo");
			registry.register(instance());
			await().until(() -> listener.failures().size() >= 2);
		}
		finally {
			this.etcd.start();
		}
		await().until(() -> !this.log.infos("Registered").isEmpty());
		assertThat(this.log.lines(Level.ERROR)).isEmpty();
		assertThat(this.log.lines(Level.WARN)).singleElement().asString().contains("does not answer");
	}

	private RegistryUnderTest open(@Nullable String user, @Nullable String password) {
		return open(user, password, null);
	}

	private RegistryUnderTest open(@Nullable String user, @Nullable String password, @Nullable Supplier<Tls> tls) {
		RegistryUnderTest registry = RegistryUnderTest
			.of(new EtcdRegistry(new EtcdSettings(List.of(URI.create(this.etcd.endpoint())), user, password,
					this.namespace, Duration.ofSeconds(15), Duration.ofSeconds(1), tls)));
		this.opened = registry;
		return registry;
	}

	private String where() {
		return "etcd [" + this.etcd.endpoint() + "] namespace '" + this.namespace + "'";
	}

	private static ServiceInstance instance() {
		return ServiceInstance.of("a", "demo", "10.0.0.1", 1);
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(Duration.ofSeconds(15));
	}

}
