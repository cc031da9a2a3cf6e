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
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.rpcboot.registry.Registration;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.registry.etcd.EtcdRegistry;
import io.rpcboot.registry.local.LocalRegistry;
import io.rpcboot.registry.snapshot.SnapshotFiles;
import io.rpcboot.testing.InMemoryDiscovery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which registry there is, and which settings of it are refused.
 */
class RpcRegistryAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class));

	@Test
	void etcdIsTheDefault() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(ServiceRegistry.class).hasSingleBean(ServiceDiscovery.class);
			assertThat(context.getBean(ServiceDiscovery.class)).isInstanceOf(EtcdRegistry.class)
				.isSameAs(context.getBean(ServiceRegistry.class));
			assertThat(context.getBean(ServiceDiscovery.class).describe())
				.isEqualTo("etcd [http://127.0.0.1:2379] namespace 'default'");
		});
	}

	@Test
	void propertiesReachEtcd() {
		this.runner
			.withPropertyValues("rpc.registry.type=etcd", "rpc.registry.namespace=blue",
					"rpc.registry.etcd.endpoints=http://a:1, http://b:2", "rpc.registry.etcd.username=user",
					"rpc.registry.etcd.password=secret", "rpc.registry.etcd.lease-ttl=20s")
			.run((context) -> assertThat(context.getBean(ServiceDiscovery.class).describe())
				.isEqualTo("etcd [http://a:1, http://b:2] namespace 'blue'"));
	}

	@Test
	void whenTypeIsLocalThenNoServerIsNeeded(@TempDir Path directory) {
		this.runner.withPropertyValues("rpc.registry.type=local", "rpc.registry.local.directory=" + directory)
			.run((context) -> {
				assertThat(context).hasSingleBean(ServiceRegistry.class).hasSingleBean(ServiceDiscovery.class);
				assertThat(context.getBean(ServiceDiscovery.class)).isInstanceOf(LocalRegistry.class)
					.isSameAs(context.getBean(ServiceRegistry.class));
			});
	}

	@Test
	void whenTypeIsNoneThenNothingIsRegistered() {
		this.runner.withPropertyValues("rpc.registry.type=none").run((context) -> {
			assertThat(context).doesNotHaveBean(ServiceRegistry.class).hasSingleBean(NoDiscovery.class);
			assertThat(context.getBean(ServiceDiscovery.class).describe()).isEqualTo("no registry");
		});
	}

	@Test
	void whenTypeIsUnknownThenTheStartFails() {
		this.runner.withPropertyValues("rpc.registry.type=consul")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("RpcRegistryProperties.Type.consul"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "et-cd" })
	void whenTypeCanBeBoundButIsNoneOfTheNamesThenTheStartFails(String type) {
		this.runner.withPropertyValues("rpc.registry.type=" + type)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(UnknownRegistryException.class)
				.hasMessage("rpc.registry.type: '" + type + "' (expected: etcd, local or none)"));
	}

	@Test
	void snapshotsAreKeptUnlessDisabled() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(SnapshotFiles.class));
		this.runner.withPropertyValues("rpc.registry.snapshot.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SnapshotFiles.class));
	}

	@ParameterizedTest
	@CsvSource({ "local", "none" })
	void whenThereIsNoRegistryToLoseThenThereAreNoSnapshots(String type) {
		this.runner.withPropertyValues("rpc.registry.type=" + type)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SnapshotFiles.class));
	}

	@Test
	void whenUserHasSnapshotsThenTheyAreTheOnes(@TempDir Path directory) {
		this.runner.withBean("mine", SnapshotFiles.class, () -> new SnapshotFiles(directory, "mine"))
			.run((context) -> assertThat(context).hasSingleBean(SnapshotFiles.class).hasBean("mine"));
	}

	@Test
	void whenDirectoryOfSnapshotsIsSetThenTheyAreThereAtTheLatestWhenTheContextIsClosed(@TempDir Path parent) {
		Path directory = parent.resolve("a/b");
		this.runner.withPropertyValues("rpc.registry.namespace=blue", "rpc.registry.snapshot.directory=" + directory)
			.run((context) -> context.getBean(SnapshotFiles.class)
				.save("demo", List.of(ServiceInstance.of("a", "demo", "10.0.0.1", 1))));
		assertThat(directory.resolve("blue/demo.snapshot")).exists();
	}

	@Test
	void whenDirectoryOfSnapshotsIsNotSetThenItIsThatOfTheUser(@TempDir Path temporary) {
		String before = System.setProperty("java.io.tmpdir", temporary.toString());
		try {
			this.runner.run((context) -> context.getBean(SnapshotFiles.class).save("demo", List.of()));
		}
		finally {
			System.setProperty("java.io.tmpdir", before);
		}
		assertThat(temporary.resolve("rpcboot-snapshots-" + System.getProperty("user.name"))
			.resolve("default/demo.snapshot")).exists();
	}

	@Test
	void withoutUnitsTimesAreSeconds() {
		RpcRegistryProperties properties = new RpcRegistryProperties();
		new Binder(new MapConfigurationPropertySource(
				Map.of("rpc.registry.etcd.lease-ttl", "20", "rpc.registry.etcd.request-timeout", "3")))
			.bind("rpc.registry", Bindable.ofInstance(properties));
		assertThat(properties.getEtcd().getLeaseTtl()).isEqualTo(Duration.ofSeconds(20));
		assertThat(properties.getEtcd().getRequestTimeout()).isEqualTo(Duration.ofSeconds(3));
	}

	@ParameterizedTest
	@CsvSource({ "etcd", "local", "none" })
	void whenUserHasADiscoveryThenItIsTheOne(String type) {
		this.runner.withPropertyValues("rpc.registry.type=" + type)
			.withUserConfiguration(UserDiscovery.class)
			.run((context) -> assertThat(context).hasSingleBean(InMemoryDiscovery.class)
				.hasSingleBean(ServiceDiscovery.class)
				.doesNotHaveBean(ServiceRegistry.class));
	}

	@ParameterizedTest
	@CsvSource({ "etcd", "local" })
	void whenUserHasARegistryThenItIsTheOne(String type) {
		this.runner.withPropertyValues("rpc.registry.type=" + type)
			.withUserConfiguration(UserRegistry.class)
			.run((context) -> assertThat(context).hasSingleBean(UserRegistry.Registry.class)
				.hasSingleBean(ServiceRegistry.class));
	}

	@Test
	void whenUserHasOnlyARegistryThenReferencesStillStart() {
		this.runner.withConfiguration(AutoConfigurations.of(RpcClientAutoConfiguration.class))
			.withUserConfiguration(UserRegistry.class)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(NoDiscovery.class));
	}

	@ParameterizedTest
	@CsvSource({ "rpc.registry.etcd.endpoints,127.0.0.1:2379", "rpc.registry.etcd.endpoints,http://127.0.0.1",
			"rpc.registry.etcd.endpoints,ftp://127.0.0.1:2379", "rpc.registry.etcd.endpoints,http://a b:1",
			"rpc.registry.namespace,a/b", "rpc.registry.namespace,''", "rpc.registry.etcd.lease-ttl,1s",
			"rpc.registry.etcd.lease-ttl,2500ms", "rpc.registry.etcd.lease-ttl,0s", "rpc.registry.etcd.lease-ttl,-5s",
			"rpc.registry.etcd.request-timeout,0s", "rpc.registry.etcd.username,user" })
	void whenSettingOfEtcdIsWrongThenTheKeyIsNamed(String key, String value) {
		this.runner.withPropertyValues(key + "=" + value)
			.run((context) -> assertThat(invalid(context.getStartupFailure()).getName()).isEqualTo(key));
	}

	@Test
	void whenThereIsNoEndpointThenTheKeyIsNamed() {
		this.runner.withPropertyValues("rpc.registry.etcd.endpoints=").run((context) -> {
			InvalidConfigurationPropertyValueException cause = invalid(context.getStartupFailure());
			assertThat(cause.getName()).isEqualTo("rpc.registry.etcd.endpoints");
			assertThat(cause.getReason()).isEqualTo("Expected: at least one http://host:port or https://host:port.");
		});
	}

	@Test
	void whenPasswordStandsAloneThenTheReasonNamesBothKeysAndNotTheSecret() {
		this.runner.withPropertyValues("rpc.registry.etcd.password=secret").run((context) -> {
			InvalidConfigurationPropertyValueException cause = invalid(context.getStartupFailure());
			assertThat(cause.getName()).isEqualTo("rpc.registry.etcd.username");
			assertThat(cause.getReason())
				.isEqualTo("Expected: set together with rpc.registry.etcd.password, or neither.");
			assertThat(cause).message().doesNotContain("secret");
		});
	}

	@Test
	void whenNamespaceIsNoNameOfALocalRegistryThenTheKeyIsNamed(@TempDir Path directory) {
		this.runner
			.withPropertyValues("rpc.registry.type=local", "rpc.registry.local.directory=" + directory,
					"rpc.registry.namespace=../x")
			.run((context) -> assertThat(invalid(context.getStartupFailure()).getName())
				.isEqualTo("rpc.registry.namespace"));
	}

	private static InvalidConfigurationPropertyValueException invalid(Throwable failure) {
		Throwable cause = failure;
		while (cause != null && !(cause instanceof InvalidConfigurationPropertyValueException)) {
			cause = cause.getCause();
		}
		assertThat(cause).as("InvalidConfigurationPropertyValueException in").isNotNull();
		return (InvalidConfigurationPropertyValueException) cause;
	}

	@Configuration(proxyBeanMethods = false)
	static class UserDiscovery {

		@Bean
		InMemoryDiscovery discovery() {
			return new InMemoryDiscovery();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UserRegistry {

		@Bean
		Registry registry() {
			return new Registry();
		}

		static final class Registry implements ServiceRegistry {

			@Override
			public Registration register(ServiceInstance instance) {
				throw new UnsupportedOperationException("Nothing is registered in this test");
			}

		}

	}

}
