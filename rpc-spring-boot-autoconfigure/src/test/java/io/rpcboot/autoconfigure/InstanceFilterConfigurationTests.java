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

import io.grpc.StatusRuntimeException;
import io.rpcboot.client.RpcReference;
import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.client.routing.InstanceFilter;
import io.rpcboot.client.routing.InstanceFilterOrder;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import io.rpcboot.testing.echo.Ping;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link InstanceFilterConfiguration}.
 */
class InstanceFilterConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class))
		.withPropertyValues("rpc.registry.type=none");

	@Test
	void eachFilterIsABeanAtItsPlace() {
		this.runner.run((context) -> assertThat(filters(context)).containsExactly("state 0", "tags 1000", "lane 1100",
				"tenant 1200", "version 1300", "namespace 1900", "zone 2000"));
	}

	@Test
	void aFilterOfTheUsersStandsAtItsPlaceBetweenThem() {
		this.runner.withUserConfiguration(BeforeTheLane.class)
			.run((context) -> assertThat(filters(context)).containsExactly("state 0", "tags 1000", "mine 1099",
					"lane 1100", "tenant 1200", "version 1300", "namespace 1900", "zone 2000"));
	}

	@Test
	void aBeanOfTheSameNameReplacesOneOfOurs() {
		this.runner.withUserConfiguration(NobodyIsUsable.class).run((context) -> {
			assertThat(context).getBeans(InstanceFilter.class).hasSize(7);
			assertThat(filters(context)).startsWith("nobody 0", "tags 1000");
		});
	}

	@Test
	void callsGoThroughTheBeans() {
		try (EchoServer server = EchoServer.start("a")) {
			this.runner.withUserConfiguration(NobodyIsUsable.class, Consumer.class)
				.withPropertyValues("rpc.client.references.[echo].addresses=127.0.0.1:" + server.port())
				.run((context) -> {
					StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class,
							() -> context.getBean(Consumer.class).echo.unary(Ping.getDefaultInstance()));
					assertThat(failure).hasMessageContaining("the filter 'nobody' left out the last");
				});
		}
	}

	/**
	 * The names and places of the filters, in their order.
	 */
	private static List<String> filters(ApplicationContext context) {
		return OrderedBeans.of(context, InstanceFilter.class)
			.stream()
			.map((filter) -> filter.bean().name() + " " + filter.order())
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	static class BeforeTheLane {

		@Bean
		@Order(InstanceFilterOrder.LANE - 1)
		InstanceFilter ownFilter() {
			return new LeavesNobody("mine");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NobodyIsUsable {

		@Bean
		@Order(InstanceFilterOrder.STATE)
		InstanceFilter rpcStateFilter() {
			return new LeavesNobody("nobody");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		private final EchoBlockingStub echo;

		Consumer(@RpcReference("echo") EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

	/**
	 * A filter that leaves no candidate.
	 *
	 * @param name its name
	 */
	record LeavesNobody(String name) implements InstanceFilter {

		@Override
		public List<Candidate> filter(List<Candidate> candidates, CallRoute route, List<Candidate> known) {
			return List.of();
		}

	}

}
