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
import java.util.List;
import java.util.UUID;
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
import io.rpcboot.testing.tls.PemFiles;
import io.rpcboot.testing.tls.TestCertificates;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How {@link EtcdRegistry} reaches an etcd with TLS, and what it says when it cannot.
 */
@EtcdTest
class EtcdTlsIT {

	private static final String MEMBER = "member";

	@TempDir
	static Path directory;

	static TestCertificates authority;

	static TestCertificates stranger;

	static PemFiles server;

	private final EtcdServer etcd;

	private final RecordedLog log = new RecordedLog();

	private final String namespace = "it-" + UUID.randomUUID();

	private @Nullable RegistryUnderTest opened;

	EtcdTlsIT(EtcdServer etcd) {
		this.etcd = etcd;
	}

	@BeforeAll
	static void makeCertificates() {
		authority = TestCertificates.createIn(directory.resolve("authority"));
		stranger = TestCertificates.createIn(directory.resolve("stranger"));
		server = authority.server("server");
		authority.client(MEMBER);
		stranger.client(MEMBER);
	}

	@AfterEach
	void cleanUp() {
		if (this.opened != null) {
			this.opened.close();
		}
		this.log.close();
	}

	private static EtcdOptions tls(PemFiles certificate) {
		return EtcdOptions.DEFAULT.withTls(certificate, authority.context(MEMBER));
	}

	private static EtcdOptions clientCertificates() {
		return tls(server).withClientCertificates(authority.authority());
	}

	private static Tls trusting(TestCertificates trusted) {
		return new Tls(null, trusted.trustManagers(), List.of(), List.of());
	}

	private static Tls certified(TestCertificates issuer, String... protocols) {
		return new Tls(issuer.keyManagers(MEMBER), authority.trustManagers(), List.of(protocols), List.of());
	}

	private URI endpoint(String scheme, String host) {
		return URI.create(scheme + "://" + host + ":" + URI.create(this.etcd.endpoint()).getPort());
	}

	private void registersAndDiscovers(URI endpoint, Tls tls) {
		RegistryUnderTest registry = open(endpoint, () -> tls);
		RecordingListener listener = registry.watch("demo");
		Registration registration = registry.register(instance(1));
		listener.awaitIds("a");
		await().until(() -> registration.state() == RegistrationState.REGISTERED);
		assertThat(this.log.lines(Level.WARN)).isEmpty();
		assertThat(this.log.lines(Level.ERROR)).isEmpty();
	}

	/**
	 * Expects one warning, and the same reason where calls wait for a set.
	 */
	private void failsWith(URI endpoint, @Nullable Tls tls, String reason) {
		RecordingListener listener = open(endpoint, (tls != null) ? () -> tls : null).watch("demo");
		await().until(() -> listener.failures().size() >= 3);
		String where = "etcd [" + endpoint + "] namespace '" + this.namespace + "'";
		assertThat(listener.failures()).allSatisfy((failure) -> assertThat(failure).hasMessage(where + ": " + reason));
		assertThat(this.log.lines(Level.WARN)).containsExactly(where + " does not answer (" + reason
				+ "). Calls go on with the instances known; trying again until it does");
		assertThat(this.log.lines(Level.ERROR)).isEmpty();
	}

	private RegistryUnderTest open(URI endpoint, @Nullable Supplier<Tls> tls) {
		RegistryUnderTest registry = RegistryUnderTest.of(registry(endpoint, tls));
		this.opened = registry;
		return registry;
	}

	private EtcdRegistry registry(URI endpoint, @Nullable Supplier<Tls> tls) {
		return new EtcdRegistry(new EtcdSettings(List.of(endpoint), null, null, this.namespace, Duration.ofSeconds(15),
				Duration.ofSeconds(1), tls));
	}

	private static ServiceInstance instance(int port) {
		return ServiceInstance.of("a", "demo", "10.0.0.1", port);
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(Duration.ofSeconds(20));
	}

	@Nested
	class WithServerCertificate {

		@BeforeAll
		static void start(EtcdServer etcd) {
			etcd.restart(tls(server));
		}

		@Test
		void whenItIsTrustedThenRegistersAndDiscovers() {
			registersAndDiscovers(endpoint("https", "127.0.0.1"), trusting(authority));
		}

		@Test
		void whenTheEndpointIsANameThenTheCertificateIsVerifiedForTheName() {
			registersAndDiscovers(endpoint("https", "localhost"), trusting(authority));
		}

		@Test
		void whenItIsNotTrustedThenSaysWhichBundle() {
			failsWith(endpoint("https", "127.0.0.1"), trusting(stranger),
					"no connection: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: "
							+ "unable to find valid certification path to requested target; "
							+ "rpc.registry.etcd.ssl.bundle does not trust the certificate of etcd");
		}

		@Test
		void whenThereIsNoBundleThenTheJvmsTrustCounts() {
			failsWith(endpoint("https", "127.0.0.1"), null,
					"no connection: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: "
							+ "unable to find valid certification path to requested target; "
							+ "rpc.registry.etcd.ssl.bundle does not trust the certificate of etcd");
		}

		@Test
		void whenTheEndpointIsPlaintextThenSaysSo() {
			failsWith(endpoint("http", "127.0.0.1"), null,
					"no connection: closed at once, as an etcd does that expects TLS; see http in "
							+ "rpc.registry.etcd.endpoints");
		}

	}

	@Nested
	class WithClientCertificates {

		@BeforeAll
		static void start(EtcdServer etcd) {
			etcd.restart(clientCertificates());
		}

		@Test
		void whenTheClientHasOneThenRegistersAndDiscovers() {
			registersAndDiscovers(endpoint("https", "127.0.0.1"), certified(authority));
		}

		@Test
		void whenTheClientHasNoneThenSaysWhichBundle() {
			refuses(trusting(authority));
		}

		@Test
		void whenItIsOfAStrangerThenSaysWhichBundle() {
			refuses(certified(stranger));
		}

		@Test
		void whenItIsOfAStrangerInAnOlderProtocolThenSaysWhichBundle() {
			refuses(certified(stranger, "TLSv1.2"));
		}

		private void refuses(Tls tls) {
			failsWith(endpoint("https", "127.0.0.1"), tls, "no connection: Received fatal alert: bad_certificate; "
					+ "etcd demands a client certificate that it trusts, see rpc.registry.etcd.ssl.bundle");
		}

	}

	@Nested
	class WithAWrongCertificate {

		@Test
		void whenItIsForAnotherHostThenSaysSo() {
			EtcdTlsIT.this.etcd.restart(tls(authority.serverElsewhere("elsewhere")));
			failsWith(endpoint("https", "127.0.0.1"), trusting(authority),
					"no connection: No subject alternative names matching IP address 127.0.0.1 found; "
							+ "the certificate of etcd is for another host than rpc.registry.etcd.endpoints says");
		}

		@Test
		void whenItHasExpiredThenSaysSo() {
			EtcdTlsIT.this.etcd.restart(tls(authority.expiredServer("expired")));
			failsWith(endpoint("https", "127.0.0.1"), trusting(authority),
					"no connection: PKIX path validation failed: java.security.cert.CertPathValidatorException: "
							+ "validity check failed; the certificate of etcd has expired");
		}

	}

	@Nested
	class WithoutTls {

		@Test
		void whenTheEndpointIsHttpsThenSaysSo() {
			EtcdTlsIT.this.etcd.restart(EtcdOptions.DEFAULT);
			RecordingListener listener = open(endpoint("https", "127.0.0.1"), () -> trusting(authority)).watch("demo");
			await().until(() -> listener.failures().size() >= 3);
			// It depends on when the end of the connection is seen what is known of it.
			assertThat(listener.failures()).allSatisfy((failure) -> assertThat(failure).message()
				.matches(".* no connection: closed (during the TLS handshake|at once over TLS), as an etcd without TLS "
						+ "does.*; see https in rpc\\.registry\\.etcd\\.endpoints.*"));
			assertThat(EtcdTlsIT.this.log.lines(Level.WARN)).hasSize(1);
			assertThat(EtcdTlsIT.this.log.lines(Level.ERROR)).isEmpty();
		}

	}

	@Nested
	class WhileCertificatesAreReplaced {

		@Test
		void whenBothSidesGetNewOnesThenNothingIsLostAndTheOldOneIsRefused() {
			PemFiles live = authority.server("live");
			Path revoked = directory.resolve("revoked.pem");
			authority.revoke(revoked);
			EtcdTlsIT.this.etcd.restart(tls(live).withClientCertificates(authority.authority()).withRevoked(revoked));
			authority.client("second");
			Tls old = certified(authority);
			Tls renewed = new Tls(authority.keyManagers("second"), authority.trustManagers(), List.of(), List.of());
			Material material = new Material(old);
			EtcdRegistry registry = registry(endpoint("https", "127.0.0.1"), material);
			RegistryUnderTest wrapped = RegistryUnderTest.of(registry);
			EtcdTlsIT.this.opened = wrapped;
			RecordingListener listener = wrapped.watch("demo");
			Registration registration = registry.register(instance(1));
			listener.awaitIds("a");

			authority.server("next").replace(live);
			material.now = renewed;
			registry.reconnect();
			assertThat(registration.update(instance(2))).succeedsWithin(Duration.ofSeconds(5));
			assertThat(material.asked).isEqualTo(2);
			await().until(() -> watchesMoved() == 2);
			authority.revoke(revoked, MEMBER);

			assertThat(registration.update(instance(3))).succeedsWithin(Duration.ofSeconds(5));
			listener.awaitSet((set) -> set.get(0).port() == 3);
			assertThat(listener.idSets().stream().dropWhile(List::isEmpty))
				.allSatisfy((ids) -> assertThat(ids).containsExactly("a"));
			assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
			assertThat(EtcdTlsIT.this.log.infos("Registered ")).hasSize(1);
			assertThat(EtcdTlsIT.this.log.lines(Level.WARN)).isEmpty();
			assertThat(EtcdTlsIT.this.log.lines(Level.ERROR)).isEmpty();
			oldOneIsRefused(old);
		}

		/** That of the application and that of the own key. */
		private long watchesMoved() {
			return EtcdTlsIT.this.log.lines(Level.DEBUG)
				.stream()
				.filter((line) -> line.contains("reading again in"))
				.count();
		}

		private void oldOneIsRefused(Tls old) {
			try (RegistryUnderTest other = RegistryUnderTest.of(registry(endpoint("https", "127.0.0.1"), () -> old))) {
				assertThat(other.watch("demo").awaitFailure())
					.hasMessageContaining("a client certificate that was not revoked");
			}
		}

	}

	/**
	 * What a bundle holds that is read again.
	 */
	private static final class Material implements Supplier<Tls> {

		volatile Tls now;

		volatile int asked;

		Material(Tls first) {
			this.now = first;
		}

		@Override
		public Tls get() {
			this.asked++;
			return this.now;
		}

	}

}
