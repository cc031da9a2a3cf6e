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

package io.rpcboot.autoconfigure;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.rpcboot.server.ServerTls;
import io.rpcboot.testing.tls.TestCertificates;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * From {@code rpc.server.ssl.*} and {@code rpc.client.*.ssl.*} to TLS.
 */
class TlsPropertiesTests {

	private final DefaultSslBundleRegistry registry = new DefaultSslBundleRegistry();

	private final TlsBundles bundles = new TlsBundles(this.registry);

	@Test
	void whenNothingIsSetThenBothSidesSpeakPlaintext() {
		assertThat(this.bundles.server(new RpcServerProperties().getSsl())).isNull();
		assertThat(isTls(Map.of(), "echo")).isFalse();
		assertThat(new RpcServerProperties().getSsl().getClientAuth()).isEqualTo(ClientAuth.NONE);
	}

	@Test
	void whenTheServersBundleIsSetThenItSpeaksTlsAndFollowsIt(@TempDir Path directory) {
		TestCertificates certificates = TestCertificates.createIn(directory);
		certificates.server("server");
		this.registry.registerBundle("web", bundle(certificates));
		RpcServerProperties.Ssl ssl = bind("rpc.server",
				Map.of("rpc.server.ssl.bundle", "web", "rpc.server.ssl.client-auth", "require"),
				RpcServerProperties.class)
			.getSsl();
		ServerTls tls = this.bundles.server(ssl);
		assertThat(tls).isNotNull();
		assertThat(tls.bundle()).isEqualTo("web");
		assertThat(tls.clients()).isEqualTo(ClientAuth.REQUIRE);
		assertThat(tls.tls().context().isServer()).isTrue();
		assertThat(protocols(tls)).contains("TLSv1.3");
		this.registry.updateBundle("web", bundle(certificates, "TLSv1.2"));
		assertThat(protocols(tls)).contains("TLSv1.2").doesNotContain("TLSv1.3");
	}

	@Test
	void whenTheBundleIsReadAgainBeforeAnybodyListensThenThatIsUsed(@TempDir Path directory) {
		TestCertificates certificates = TestCertificates.createIn(directory);
		certificates.server("server");
		DefaultSslBundleRegistry hasty = new DefaultSslBundleRegistry("web", bundle(certificates)) {
			@Override
			public void addBundleUpdateHandler(String name, Consumer<SslBundle> handler) {
				updateBundle(name, bundle(certificates, "TLSv1.2"));
				super.addBundleUpdateHandler(name, handler);
			}
		};
		RpcServerProperties.Ssl ssl = new RpcServerProperties().getSsl();
		ssl.setBundle("web");
		assertThat(protocols(new TlsBundles(hasty).server(ssl))).contains("TLSv1.2").doesNotContain("TLSv1.3");
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", textBlock = """
			# of the defaults: enabled, bundle; of the reference: enabled, bundle; whether it is TLS
			-,     -,     -,     -,     false
			-,     other, -,     -,     true
			-,     -,     -,     mesh,  true
			-,     other, -,     mesh,  true
			-,     other, false, -,     false
			-,     other, false, mesh,  false
			false, other, -,     -,     false
			false, other, -,     mesh,  true
			false, other, true,  -,     true
			true,  -,     -,     -,     true
			true,  -,     false, -,     false
			-,     -,     true,  -,     true
			-,     '',    -,     '',    false
			""")
	void aReferenceSpeaksTlsAsItSaysElseAsTheDefaultsSay(@Nullable String enabled, @Nullable String bundle,
			@Nullable String ownEnabled, @Nullable String ownBundle, boolean tls) {
		this.registry.registerBundle("mesh", SslBundle.systemDefault());
		this.registry.registerBundle("other", SslBundle.systemDefault());
		Map<String, String> values = new HashMap<>();
		put(values, "rpc.client.defaults.ssl.enabled", enabled);
		put(values, "rpc.client.defaults.ssl.bundle", bundle);
		put(values, "rpc.client.references.echo.timeout", "1s");
		put(values, "rpc.client.references.echo.ssl.enabled", ownEnabled);
		put(values, "rpc.client.references.echo.ssl.bundle", ownBundle);
		assertThat(isTls(values, "echo")).isEqualTo(tls);
	}

	@Test
	void whenReferencesNameOneBundleThenTheyShareWhatIsMadeOfIt() {
		this.registry.registerBundle("mesh", SslBundle.systemDefault());
		Function<String, ChannelCredentials> credentials = credentials(Map.of("rpc.client.defaults.ssl.bundle", "mesh",
				"rpc.client.references.a.ssl.bundle", "mesh", "rpc.client.references.b.timeout", "1s"));
		assertThat(credentials.apply("a")).isSameAs(credentials.apply("b")).isSameAs(credentials.apply("c"));
	}

	@Test
	void whenThereAreNoBundlesAtAllThenThatIsSaid() {
		RpcServerProperties.Ssl ssl = new RpcServerProperties().getSsl();
		ssl.setBundle("web");
		assertThatExceptionOfType(TlsBundleException.class).isThrownBy(() -> new TlsBundles(null).server(ssl))
			.withMessage("rpc.server.ssl.bundle: 'web' (expected: a bean of type SslBundles, as SslAutoConfiguration "
					+ "has it)")
			.satisfies((ex) -> assertThat(ex.action())
				.isEqualTo("Do not exclude SslAutoConfiguration, or define such a bean."));
	}

	private boolean isTls(Map<String, String> values, String application) {
		return !(credentials(values).apply(application) instanceof InsecureChannelCredentials);
	}

	private Function<String, ChannelCredentials> credentials(Map<String, String> values) {
		return ClientTls.from(bind("rpc.client", values, RpcClientProperties.class), this.bundles);
	}

	private static String[] protocols(@Nullable ServerTls tls) {
		assertThat(tls).isNotNull();
		return tls.tls().context().newEngine(ByteBufAllocator.DEFAULT).getEnabledProtocols();
	}

	private static SslBundle bundle(TestCertificates certificates, String... protocols) {
		SslOptions options = (protocols.length > 0) ? SslOptions.of(null, protocols) : SslOptions.NONE;
		return SslBundle.of(null, null, options, null,
				SslManagerBundle.of(certificates.keyManagers("server"), certificates.trustManagers()));
	}

	private static <T> T bind(String prefix, Map<String, String> values, Class<T> type) {
		return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate(prefix, type);
	}

	private static void put(Map<String, String> values, String key, @Nullable String value) {
		if (value != null) {
			values.put(key, value);
		}
	}

}
