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

import io.rpcboot.registry.InstanceCodec;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.etcd.EtcdRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EtcdApplications}: how properties say where an application is looked
 * for. That it is found there is up to {@code ForeignLayoutsIT}.
 */
class EtcdApplicationsTests {

	private static final String ORDER = "rpc.registry.etcd.applications[order]";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class));

	@Test
	void whenNothingIsSaidThenEverythingIsOfOurLayout() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(EtcdRegistry.class);
			assertThat(context.getBean(RpcRegistryProperties.class).getEtcd().getApplications()).isEmpty();
		});
	}

	@Test
	void whenOnlyTheKeyIsSaidThenTheLayoutIsOurs() {
		this.runner.withPropertyValues(ORDER + ".key=foo/bar/my-service").run((context) -> {
			assertThat(context).hasSingleBean(EtcdRegistry.class);
			assertThat(order(context.getBean(RpcRegistryProperties.class)).getLayout()).isEqualTo("etcd-naming");
		});
	}

	@Test
	void whenAllIsSaidThenItIsTaken() {
		this.runner
			.withPropertyValues(ORDER + ".layout=go-zero", ORDER + ".key=order.rpc",
					"rpc.registry.etcd.applications[pay.rpc].layout=kratos")
			.run((context) -> {
				assertThat(context).hasSingleBean(EtcdRegistry.class);
				RpcRegistryProperties properties = context.getBean(RpcRegistryProperties.class);
				assertThat(properties.getEtcd().getApplications()).containsOnlyKeys("order", "pay.rpc");
				assertThat(order(properties).getLayout()).isEqualTo("go-zero");
				assertThat(order(properties).getKey()).isEqualTo("order.rpc");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "dubbo", "Kratos", "" })
	void whenLayoutIsUnknownThenTheStartFailsAndNamesTheKnownOnes(String layout) {
		this.runner.withPropertyValues(ORDER + ".layout=" + layout).run((context) -> {
			InvalidConfigurationPropertyValueException cause = cause(context.getStartupFailure(),
					InvalidConfigurationPropertyValueException.class);
			assertThat(cause.getName()).isEqualTo(ORDER + ".layout");
			assertThat(cause.getValue()).isEqualTo(layout);
			assertThat(cause.getReason()).isEqualTo("Expected: one of etcd-naming, go-zero, kratos.");
		});
	}

	@Test
	void whenUserHasALayoutThenItCanBeNamed() {
		this.runner.withUserConfiguration(UserLayout.class)
			.withPropertyValues(ORDER + ".layout=mine")
			.run((context) -> assertThat(context).hasSingleBean(EtcdRegistry.class));
		this.runner.withUserConfiguration(UserLayout.class)
			.withPropertyValues(ORDER + ".layout=yours")
			.run((context) -> assertThat(
					cause(context.getStartupFailure(), InvalidConfigurationPropertyValueException.class).getReason())
				.isEqualTo("Expected: one of etcd-naming, go-zero, kratos, mine."));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/", "or\u0000der", "or\u007fder" })
	void whenKeyIsEmptyOrHasControlCharactersThenItIsNamed(String key) {
		this.runner.withPropertyValues(ORDER + ".layout=go-zero", ORDER + ".key=" + key).run((context) -> {
			InvalidConfigurationPropertyValueException cause = cause(context.getStartupFailure(),
					InvalidConfigurationPropertyValueException.class);
			assertThat(cause.getName()).isEqualTo(ORDER + ".key");
			assertThat(cause.getReason()).isEqualTo(
					"key: '" + key + "' (expected: a key such as /microservices/order, without control characters).");
		});
	}

	@ParameterizedTest
	@CsvSource({ "a/b", "-a" })
	void whenNameIsNoneThatAReferenceCanHaveThenItIsNamed(String name) {
		this.runner.withPropertyValues("rpc.registry.etcd.applications[" + name + "].layout=go-zero")
			.run((context) -> assertThat(
					cause(context.getStartupFailure(), InvalidConfigurationPropertyValueException.class).getName())
				.isEqualTo("rpc.registry.etcd.applications[" + name + "]"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "order.rpc.layout", "[order].layuot", "order.keys" })
	void whenPropertyIsMisspeltOrItsNameLacksBracketsThenTheStartFails(String property) {
		this.runner
			.withPropertyValues("rpc.registry.etcd.applications[pay].layout=kratos",
					"rpc.registry.etcd.applications" + (property.startsWith("[") ? "" : ".") + property + "=go-zero")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("rpc.registry.etcd.applications")
				.hasMessageContaining("left unbound"));
	}

	private static RpcRegistryProperties.Application order(RpcRegistryProperties properties) {
		return properties.getEtcd().getApplications().get("order");
	}

	private static <T extends Throwable> T cause(Throwable failure, Class<T> type) {
		Throwable cause = failure;
		while (cause != null && !type.isInstance(cause)) {
			cause = cause.getCause();
		}
		assertThat(cause).as("%s in %s", type.getSimpleName(), failure).isNotNull();
		return type.cast(cause);
	}

	@Configuration(proxyBeanMethods = false)
	static class UserLayout {

		@Bean
		InstanceCodec mine() {
			return new InstanceCodec() {

				@Override
				public String name() {
					return "mine";
				}

				@Override
				public ServiceInstance read(String application, String keyId, String value) {
					throw new UnsupportedOperationException("Nothing is read in this test");
				}

			};
		}

	}

}
