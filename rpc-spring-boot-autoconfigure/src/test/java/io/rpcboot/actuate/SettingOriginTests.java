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

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.rpcboot.actuate.RpcDescriptor.Reference;
import io.rpcboot.actuate.RpcDescriptor.Setting;
import io.rpcboot.autoconfigure.MapEntryProperties;
import io.rpcboot.autoconfigure.MapEntryProperties.Property;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcClientProperties;
import io.rpcboot.autoconfigure.RpcEndpointAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.client.RpcReference;
import io.rpcboot.client.credentials.AccessToken;
import io.rpcboot.client.credentials.TokenRegistrations;
import io.rpcboot.client.credentials.TokenSource;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint tells every property of a reference, and where it was set. Which there are
 * is read from the class of the properties: a new one fails a test until it is told.
 */
class SettingOriginTests {

	private static final String ENTRY = "rpc.client.references.<application>.";

	private static final String METHODS = "methods.<method>.";

	private static final String UNARY = "rpc.testing.Echo/Unary";

	@TempDir
	private Path directory;

	@Test
	void everyPropertyOfAReferenceIsToldWithItsOrigin() {
		Set<String> told = new TreeSet<>();
		told.addAll(toldOfReference("timeout=2s", "stream-timeout=3s", "connect-timeout=1s", "throttling.enabled=true",
				"throttling.k=3", "throttling.window=20s", "throttling.dry-run=true", "fallback.bean=instead",
				"fallback.statuses=UNAVAILABLE", "load-balancing=round_robin", "hash-key.header=key",
				"max-inbound-message-size=1MB", "max-buffered=1KB", "connections=2", "authority=echo.test", "version=2",
				"tags.disk=ssd", "addresses=127.0.0.1:1", "retry.max-attempts=4", "retry.initial-backoff=10ms",
				"retry.max-backoff=20ms", "retry.statuses=UNAVAILABLE", "retry.other-instances=true", "idempotent=true",
				"deduplicated=true", "hedging.enabled=false", "hedging.percentile=95", "hedging.max-extra-percent=2",
				"ssl.enabled=false", "credentials.type=basic", "credentials.username=me", "credentials.password=s3cret",
				"credentials.allow-plaintext=true", "subset.enabled=true", "subset.size=12"));
		told.addAll(toldOfReference("namespaces=one,two", "prefer-namespace=two", "hash-key.field=text",
				"ssl.bundle=mesh", "credentials.type=bearer", "credentials.token=s3cret"));
		told.addAll(toldOfReference("ssl.bundle=mesh", "credentials.type=bearer", "credentials.token-source=tokens"));
		told.addAll(toldOfReference("ssl.bundle=mesh", "credentials.type=oauth2", "credentials.registration=internal"));
		assertThat(told).isEqualTo(properties().filter((name) -> !name.startsWith("methods"))
			.collect(Collectors.toCollection(TreeSet::new)));
	}

	@Test
	void everyPropertyOfAMethodIsToldWithItsOrigin() {
		Set<String> told = new TreeSet<>();
		told.addAll(toldOfMethod("timeout=2s", "throttling.enabled=true", "throttling.k=3", "throttling.window=20s",
				"throttling.dry-run=true", "fallback.bean=instead", "fallback.statuses=UNAVAILABLE",
				"load-balancing=round_robin", "hash-key.header=key", "retry.max-attempts=4",
				"retry.initial-backoff=10ms", "retry.max-backoff=20ms", "retry.statuses=UNAVAILABLE",
				"retry.other-instances=true", "idempotent=true", "deduplicated=true", "hedging.enabled=false",
				"hedging.percentile=95", "hedging.max-extra-percent=2"));
		told.addAll(toldOfMethod("hash-key.field=text"));
		run(Map.of("methods.[rpc.testing.Echo].stream-timeout", "4s"), (reference) -> {
			Setting ofStream = reference.methods().get("rpc.testing.Echo/Bidi").get("timeout");
			assertThat(ofStream.value()).isEqualTo("4s");
			assertThat(ofStream.origin())
				.isEqualTo("rpc.client.references[echo].methods[rpc.testing.Echo].stream-timeout");
			assertThat(ofStream.source()).contains("property source \"test\"");
			told.add("stream-timeout");
		});
		assertThat(told).isEqualTo(properties().filter((name) -> name.startsWith(METHODS))
			.map((name) -> name.substring(METHODS.length()))
			.collect(Collectors.toCollection(TreeSet::new)));
	}

	private static Stream<String> properties() {
		return new MapEntryProperties().of("rpc.client.references", RpcClientProperties.Reference.class)
			.stream()
			.map(Property::name)
			.map((name) -> name.substring(ENTRY.length()))
			.filter((name) -> !name.equals("methods"));
	}

	private Set<String> toldOfReference(String... properties) {
		return told("", "rpc.client.references[echo].", properties);
	}

	private Set<String> toldOfMethod(String... properties) {
		return told("methods.[" + UNARY + "].", "rpc.client.references[echo].methods[" + UNARY + "].", properties);
	}

	/**
	 * Sets properties and looks whether the endpoint tells them.
	 * @return their names, once each of them is told
	 */
	private Set<String> told(String prefix, String origin, String... properties) {
		Map<String, String> values = new TreeMap<>();
		Stream.of(properties)
			.forEach((each) -> values.put(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1)));
		Map<String, String> prefixed = new TreeMap<>();
		values.forEach((name, value) -> prefixed.put(prefix + name, value));
		run(prefixed, (reference) -> {
			Map<String, Setting> settings = prefix.isEmpty() ? reference.settings() : reference.methods().get(UNARY);
			values.keySet().stream().map(SettingOriginTests::group).forEach((name) -> {
				assertThat(settings).containsKey(name);
				assertThat(settings.get(name).origin()).isEqualTo(origin + name);
				assertThat(settings.get(name).source()).as(name).contains("property source \"test\"");
			});
			assertThat(settings.toString()).doesNotContain("s3cret");
		});
		return values.keySet()
			.stream()
			.map((name) -> name.replaceFirst("^tags\\..*", "tags"))
			.collect(Collectors.toSet());
	}

	private void run(Map<String, String> values, Consumer<Reference> test) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class,
					RpcClientAutoConfiguration.class, RpcEndpointAutoConfiguration.class))
			.withUserConfiguration(Caller.class)
			.withPropertyValues("management.endpoints.web.exposure.include=rpc",
					"management.endpoint.rpc.show-values=always", "spring.application.name=caller",
					"rpc.registry.type=local", "rpc.registry.local.directory=" + this.directory)
			.withPropertyValues(values.entrySet()
				.stream()
				.map((value) -> "rpc.client.references.[echo]." + value.getKey() + "=" + value.getValue())
				.toArray(String[]::new))
			.run((context) -> test
				.accept(context.getBean(RpcEndpoint.class).rpc().references().get(0).injected().get(0)));
	}

	/**
	 * What is told as one setting.
	 */
	private static String group(String name) {
		return name.replaceFirst("^(tags|hash-key)\\..*", "$1");
	}

	@Configuration(proxyBeanMethods = false)
	static class Caller {

		Caller(@RpcReference("echo") EchoBlockingStub echo) {
			assertThat(echo).isNotNull();
		}

		@Bean
		static EchoService instead() {
			return new EchoService("instead");
		}

		@Bean
		static TokenSource tokens() {
			return () -> new AccessToken("s3cret", null);
		}

		@Bean
		static TokenRegistrations registrations() {
			return (registration) -> tokens();
		}

		@Bean
		static SslBundles bundles() {
			return new DefaultSslBundleRegistry("mesh", SslBundle.of(null));
		}

	}

}
