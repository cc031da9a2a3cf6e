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

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.rpcboot.call.RpcException;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.etcd.EtcdSettings.Tls;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who says where etcd is: the properties, or a bean; and what TLS it leads to.
 */
class EtcdConnectionDetailsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class));

	@Test
	void withoutABeanThePropertiesCount() {
		this.runner
			.withPropertyValues("rpc.registry.etcd.endpoints=https://a:1,https://b:2",
					"rpc.registry.etcd.username=user", "rpc.registry.etcd.password=secret",
					"rpc.registry.etcd.ssl.bundle=etcd")
			.withUserConfiguration(Bundles.class)
			.run((context) -> {
				EtcdConnectionDetails details = context.getBean(EtcdConnectionDetails.class);
				assertThat(details.getEndpoints()).containsExactly(URI.create("https://a:1"),
						URI.create("https://b:2"));
				assertThat(details.getUsername()).isEqualTo("user");
				assertThat(details.getPassword()).isEqualTo("secret");
				assertThat(details.getSslBundle()).isSameAs(context.getBean(Bundles.class).first);
				assertThat(context.getBean(ServiceDiscovery.class).describe())
					.isEqualTo("etcd [https://a:1, https://b:2] namespace 'default'");
			});
	}

	@Test
	void whenThereIsABeanThenItWins() {
		this.runner.withPropertyValues("rpc.registry.etcd.endpoints=http://a:1", "rpc.registry.etcd.ssl.bundle=unknown")
			.withBean(EtcdConnectionDetails.class, () -> new Details("https://c:3", null, null))
			.run((context) -> {
				assertThat(context).hasSingleBean(EtcdConnectionDetails.class)
					.doesNotHaveBean(PropertiesEtcdConnectionDetails.class);
				assertThat(context.getBean(ServiceDiscovery.class).describe())
					.isEqualTo("etcd [https://c:3] namespace 'default'");
			});
	}

	@ParameterizedTest
	@CsvSource({ "local", "none" })
	void whenThereIsNoEtcdThenNobodySaysAnything(String type) {
		this.runner.withPropertyValues("rpc.registry.type=" + type)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EtcdConnectionDetails.class));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-", value = {
			"''|-|-|endpoints: []|at least one http://host:port or https://host:port",
			"ftp://a:1|-|-|endpoints: ftp://a:1|http://host:port or https://host:port",
			"http://a|-|-|endpoints: http://a|http://host:port or https://host:port",
			"http://a:1,https://b:2|-|-|endpoints: [http://a:1, https://b:2]|all of them http, or all of them https",
			"http://a:65536|-|-|endpoints: http://a:65536|http://host:port or https://host:port",
			"http://a:1/v3|-|-|endpoints: http://a:1/v3|http://host:port or https://host:port",
			"http://a:1?x=y|-|-|endpoints: http://a:1?x=y|http://host:port or https://host:port",
			"http://u:p@a:1|-|-|endpoints: http://***@a:1|http://host:port or https://host:port, the user in username "
					+ "and password",
			"http://a:1|user|-|username: user|set together with password, or neither" })
	void whenTheBeanIsWrongThenItIsNamed(String endpoints, @Nullable String username, @Nullable String password,
			String found, String expected) {
		this.runner.withPropertyValues("rpc.registry.etcd.endpoints=http://a:1")
			.withBean(EtcdConnectionDetails.class, () -> new Details(endpoints, username, password))
			.run((context) -> {
				RpcException cause = cause(context.getStartupFailure(), RpcException.class);
				assertThat(cause).hasMessage("The bean of type " + Details.class.getName() + " says " + found
						+ " (expected: " + expected + ")");
				assertThat(cause.action())
					.isEqualTo("Correct the bean of type EtcdConnectionDetails, which wins over rpc.registry.etcd.*.");
			});
	}

	@ParameterizedTest
	@CsvSource({ "http://a:65536", "http://a:1/v3", "http://a:1?x=y", "http://a:1#x" })
	void whenAnEndpointIsMoreThanHostAndPortThenTheKeyIsNamed(String endpoint) {
		this.runner.withPropertyValues("rpc.registry.etcd.endpoints=" + endpoint)
			.run((context) -> assertThat(invalid(context.getStartupFailure()))
				.returns("rpc.registry.etcd.endpoints", InvalidConfigurationPropertyValueException::getName)
				.returns("Expected: http://host:port or https://host:port.",
						InvalidConfigurationPropertyValueException::getReason));
	}

	@Test
	void whenAnEndpointEndsWithASlashThenItIsTaken() {
		this.runner.withPropertyValues("rpc.registry.etcd.endpoints=http://a:65535/")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource({ "http://root:s3cret@a:1", "http://root:s3cr@et@a:1", "http://root:s3 cret@a:1",
			"http://root:s3/cret@a:1" })
	void whenAnEndpointHasAUserThenItIsNamedWithoutThePassword(String endpoint) {
		this.runner.withPropertyValues("rpc.registry.etcd.endpoints=" + endpoint).run((context) -> {
			RpcException cause = cause(context.getStartupFailure(), RpcException.class);
			assertThat(cause).hasMessage("rpc.registry.etcd.endpoints: http://***@a:1 (expected: http://host:port or "
					+ "https://host:port, the user in username and password)");
			StringWriter trace = new StringWriter();
			context.getStartupFailure().printStackTrace(new PrintWriter(trace));
			assertThat(trace.toString()).doesNotContain("s3");
		});
	}

	@Test
	void whenUserAndPasswordAreBlankThenTheyAreNotSet() {
		this.runner.withPropertyValues("rpc.registry.etcd.username=", "rpc.registry.etcd.password= ").run((context) -> {
			EtcdConnectionDetails details = context.getBean(EtcdConnectionDetails.class);
			assertThat(details.getUsername()).isNull();
			assertThat(details.getPassword()).isNull();
		});
	}

	@Test
	void whenSchemesAreMixedThenTheKeyIsNamed() {
		this.runner.withPropertyValues("rpc.registry.etcd.endpoints=http://a:1,https://b:2")
			.run((context) -> assertThat(invalid(context.getStartupFailure()))
				.returns("rpc.registry.etcd.endpoints", InvalidConfigurationPropertyValueException::getName)
				.returns("Expected: all of them http, or all of them https.",
						InvalidConfigurationPropertyValueException::getReason));
	}

	@Test
	void whenThereIsABundleForPlaintextThenBothKeysAreNamed() {
		this.runner.withPropertyValues("rpc.registry.etcd.ssl.bundle=etcd")
			.withUserConfiguration(Bundles.class)
			.run((context) -> assertThat(cause(context.getStartupFailure(), RpcException.class))
				.hasMessage("rpc.registry.etcd.endpoints: [http://127.0.0.1:2379] (expected: https, as "
						+ "rpc.registry.etcd.ssl.bundle is set)"));
	}

	@Test
	void whenTheBundleIsUnknownThenTheKeyIsNamed() {
		this.runner.withPropertyValues("rpc.registry.etcd.endpoints=https://a:1", "rpc.registry.etcd.ssl.bundle=other")
			.withUserConfiguration(Bundles.class)
			.run((context) -> assertThat(cause(context.getStartupFailure(), RpcException.class))
				.hasMessage("rpc.registry.etcd.ssl.bundle: 'other' (expected: the name of an SSL bundle; there are "
						+ "[etcd])"));
	}

	@Test
	void whenThereAreNoBundlesThenTheKeyIsNamed() {
		this.runner.withPropertyValues("rpc.registry.etcd.endpoints=https://a:1", "rpc.registry.etcd.ssl.bundle=etcd")
			.run((context) -> assertThat(cause(context.getStartupFailure(), RpcException.class))
				.hasMessage("rpc.registry.etcd.ssl.bundle: 'etcd' (expected: a bean of type SslBundles, as "
						+ "SslAutoConfiguration has it)"));
	}

	@Test
	void whenTheBundleIsReadAgainThenTheNextConnectionUsesIt() {
		this.runner.withPropertyValues("rpc.registry.etcd.endpoints=https://a:1", "rpc.registry.etcd.ssl.bundle=etcd")
			.withUserConfiguration(Bundles.class)
			.run((context) -> {
				PropertiesEtcdConnectionDetails details = context.getBean(PropertiesEtcdConnectionDetails.class);
				AtomicInteger updates = new AtomicInteger();
				details.onBundleUpdate(updates::incrementAndGet);
				SslBundle second = bundle(SslOptions.NONE);
				context.getBean(DefaultSslBundleRegistry.class).updateBundle("etcd", second);
				assertThat(updates).hasValue(1);
				assertThat(details.getSslBundle()).isSameAs(second);
			});
	}

	@Test
	void theBundlesManagersAndOptionsReachTheRegistry() {
		this.runner.withPropertyValues("rpc.registry.etcd.endpoints=https://a:1", "rpc.registry.etcd.ssl.bundle=etcd")
			.withUserConfiguration(Bundles.class)
			.run((context) -> {
				SslBundle bundle = context.getBean(Bundles.class).first;
				Tls tls = EtcdTlsMaterial.of(context.getBean(EtcdConnectionDetails.class)).get();
				assertThat(tls.keys()).isNotNull();
				assertThat(tls.trust()).isNotNull();
				assertThat(tls.protocols()).containsExactly(bundle.getOptions().getEnabledProtocols());
				assertThat(tls.ciphers()).containsExactly(bundle.getOptions().getCiphers());
			});
	}

	@Test
	void withoutABundleThereIsNoMaterial() {
		assertThat(EtcdTlsMaterial.of(new Details("https://a:1", null, null))).isNull();
	}

	@Test
	void neitherTestcontainersNorDockerComposeIsNeeded() {
		this.runner
			.withClassLoader(new FilteredClassLoader("org.testcontainers", "org.springframework.boot.testcontainers",
					"org.springframework.boot.docker"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(PropertiesEtcdConnectionDetails.class));
	}

	private static InvalidConfigurationPropertyValueException invalid(Throwable failure) {
		return cause(failure, InvalidConfigurationPropertyValueException.class);
	}

	private static <T extends Throwable> T cause(Throwable failure, Class<T> type) {
		Throwable cause = failure;
		while (cause != null && !type.isInstance(cause)) {
			cause = cause.getCause();
		}
		assertThat(cause).as(type.getSimpleName() + " in").isNotNull();
		return type.cast(cause);
	}

	private static SslBundle bundle(SslOptions options) {
		KeyStore empty = null;
		return SslBundle.of(SslStoreBundle.of(empty, null, empty), SslBundleKey.NONE, options);
	}

	@Configuration(proxyBeanMethods = false)
	static class Bundles {

		final SslBundle first = bundle(
				SslOptions.of(new String[] { "TLS_AES_128_GCM_SHA256" }, new String[] { "TLSv1.3" }));

		@Bean
		DefaultSslBundleRegistry sslBundles() {
			return new DefaultSslBundleRegistry("etcd", this.first);
		}

	}

	private record Details(String endpoints, @Nullable String username,
			@Nullable String password) implements EtcdConnectionDetails {

		@Override
		public List<URI> getEndpoints() {
			return Arrays.stream(StringUtils.commaDelimitedListToStringArray(this.endpoints)).map(URI::create).toList();
		}

		@Override
		public @Nullable String getUsername() {
			return this.username;
		}

		@Override
		public @Nullable String getPassword() {
			return this.password;
		}

	}

}
