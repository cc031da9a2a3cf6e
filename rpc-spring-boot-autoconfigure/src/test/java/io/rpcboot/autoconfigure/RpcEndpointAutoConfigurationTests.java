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

import java.util.List;
import java.util.Map;

import io.rpcboot.actuate.RpcEndpoint;
import io.rpcboot.actuate.RpcEndpointWebExtension;
import io.rpcboot.registry.ServiceDiscovery;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcEndpointAutoConfiguration}.
 */
class RpcEndpointAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcEndpointAutoConfiguration.class))
		.withPropertyValues("rpc.registry.type=none");

	@Test
	void whenItIsExposedThenThereIsAnEndpoint() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=rpc")
			.run((context) -> assertThat(context).hasSingleBean(RpcEndpoint.class)
				.hasSingleBean(RpcEndpointWebExtension.class));
	}

	@Test
	void whenItIsNotExposedThenThereIsNone() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(RpcEndpoint.class));
	}

	@Test
	void whenItsAccessIsNoneThenThereIsNone() {
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.include=*", "management.endpoint.rpc.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(RpcEndpoint.class));
	}

	@Test
	void whenTheActuatorIsNotOnTheClassPathThenThereIsNone() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=rpc")
			.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("rpcEndpoint"));
	}

	@Test
	void whenTheUserHasOneThenItIsHis() {
		RpcEndpoint own = new RpcEndpoint(null, null, new NoDiscovery("a test"), (application) -> Map.of(),
				new StandardEnvironment(), List.of(), Show.NEVER);
		this.runner.withBean(RpcEndpoint.class, () -> own)
			.withPropertyValues("management.endpoints.web.exposure.include=rpc")
			.run((context) -> assertThat(context.getBean(RpcEndpoint.class)).isSameAs(own));
	}

	@Test
	void whenThereIsNeitherServerNorReferenceThenTheRegistryIsTold() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=rpc")
			.run((context) -> assertThat(context.getBean(RpcEndpoint.class).rpc().registry().description())
				.isEqualTo(context.getBean(ServiceDiscovery.class).describe()));
	}

}
