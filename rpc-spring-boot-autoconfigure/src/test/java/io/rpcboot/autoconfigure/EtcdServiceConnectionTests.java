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

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.rpcboot.registry.ServiceDiscovery;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.BDDMockito;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsFactories;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.context.ImportTestcontainers;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * What Testcontainers and Docker Compose support tell about etcd, as Boot finds the
 * factories; no container is started.
 */
class EtcdServiceConnectionTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ServiceConnectionAutoConfiguration.class, RpcRegistryAutoConfiguration.class))
		.withPropertyValues("rpc.registry.etcd.endpoints=http://unused:1");

	@Test
	void theContainerOfAnEtcdImageIsTheRegistry() {
		this.runner.withUserConfiguration(OfAKnownImage.class).run((context) -> {
			assertThat(context).hasSingleBean(EtcdConnectionDetails.class)
				.doesNotHaveBean(PropertiesEtcdConnectionDetails.class);
			EtcdConnectionDetails details = context.getBean(EtcdConnectionDetails.class);
			assertThat(details.getUsername()).isNull();
			assertThat(details.getPassword()).isNull();
			assertThat(details.getSslBundle()).isNull();
			assertThat(context.getBean(ServiceDiscovery.class).describe())
				.isEqualTo("etcd [http://docker.test:32379] namespace 'default'");
		});
	}

	@Test
	void theContainerOfAnyImageIsTheRegistryWhenItIsNamedSo() {
		this.runner.withUserConfiguration(OfAnotherImage.class).run((context) -> {
			EtcdConnectionDetails details = context.getBean(EtcdConnectionDetails.class);
			assertThat(details.getEndpoints()).containsExactly(URI.create("http://docker.test:32379"));
			assertThat(details.getUsername()).isEqualTo("root");
			assertThat(details.getPassword()).isEqualTo("s3cret");
		});
	}

	@ParameterizedTest
	@CsvSource({ "etcd:3.5", "bitnami/etcd:3.5", "bitnamilegacy/etcd", "quay.io/coreos/etcd:v3.5.21",
			"gcr.io/etcd-development/etcd:v3.5.21" })
	void theComposeServiceOfAnEtcdImageIsTheRegistry(String image) {
		EtcdConnectionDetails details = compose(new Service(image, Map.of(), Map.of()));
		assertThat(details).isNotNull();
		assertThat(details.getEndpoints()).containsExactly(URI.create("http://127.0.0.1:32379"));
		assertThat(details.getUsername()).isNull();
		assertThat(details.getPassword()).isNull();
		assertThat(details.getSslBundle()).isNull();
	}

	@Test
	void theComposeServiceOfAnotherImageIsNot() {
		assertThat(compose(new Service("redis:8", Map.of(), Map.of()))).isNull();
	}

	@Test
	void theComposeServiceOfAnotherImageIsWhenItsLabelSaysSo() {
		Map<String, String> labels = Map.of("org.springframework.boot.service-connection", "etcd");
		EtcdConnectionDetails details = compose(
				new Service("mirror.test/base/store:1", Map.of("ETCD_ROOT_PASSWORD", "s3cret"), labels));
		assertThat(details).isNotNull();
		assertThat(details.getUsername()).isEqualTo("root");
		assertThat(details.getPassword()).isEqualTo("s3cret");
	}

	@Test
	void whenThePasswordIsEmptyThenThereIsNoUser() {
		EtcdConnectionDetails details = compose(
				new Service("bitnami/etcd", Map.of("ETCD_ROOT_PASSWORD", ""), Map.of()));
		assertThat(details).isNotNull();
		assertThat(details.getUsername()).isNull();
	}

	@Test
	void anIpv6HostStandsInBrackets() {
		assertThat(EtcdImages.endpoint(false, "::1", 2379)).isEqualTo(URI.create("http://[::1]:2379"));
		assertThat(EtcdImages.endpoint(true, "docker.test", 2379)).isEqualTo(URI.create("https://docker.test:2379"));
	}

	private static @Nullable EtcdConnectionDetails compose(RunningService service) {
		// Its constructor is Boot's own.
		DockerComposeConnectionSource source = mock(DockerComposeConnectionSource.class);
		BDDMockito.given(source.getRunningService()).willReturn(service);
		Map<Class<?>, ConnectionDetails> found = new ConnectionDetailsFactories(
				EtcdServiceConnectionTests.class.getClassLoader())
			.getConnectionDetails(source, false);
		return (EtcdConnectionDetails) found.get(EtcdConnectionDetails.class);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers(Containers.class)
	static class OfAKnownImage {

	}

	static final class Containers {

		@ServiceConnection
		static final NeverStarted ETCD = new NeverStarted("quay.io/coreos/etcd:v3.5.21");

	}

	@Configuration(proxyBeanMethods = false)
	static class OfAnotherImage {

		@Bean
		@ServiceConnection("etcd")
		NeverStarted etcd() {
			NeverStarted container = new NeverStarted("mirror.test/base/store:1");
			container.addEnv("ETCD_ROOT_PASSWORD", "s3cret");
			return container;
		}

	}

	/**
	 * A container that behaves as if it had been started.
	 */
	static final class NeverStarted extends GenericContainer<NeverStarted> {

		private final String image;

		NeverStarted(String image) {
			super(DockerImageName.parse(image));
			this.image = image;
		}

		@Override
		public String getDockerImageName() {
			return this.image;
		}

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return true;
		}

		@Override
		public String getHost() {
			return "docker.test";
		}

		@Override
		public Integer getMappedPort(int port) {
			return 30000 + port;
		}

	}

	private record Service(ImageReference image, Map<String, @Nullable String> env,
			Map<String, String> labels) implements RunningService {

		Service(String image, Map<String, String> env, Map<String, String> labels) {
			this(ImageReference.of(image), new TreeMap<>(env), labels);
		}

		@Override
		public String name() {
			return "registry";
		}

		@Override
		public String host() {
			return "127.0.0.1";
		}

		@Override
		public ConnectionPorts ports() {
			return new ConnectionPorts() {

				@Override
				public int get(int containerPort) {
					return 30000 + containerPort;
				}

				@Override
				public List<Integer> getAll() {
					return List.of();
				}

				@Override
				public List<Integer> getAll(@Nullable String protocol) {
					return List.of();
				}

			};
		}

	}

}
