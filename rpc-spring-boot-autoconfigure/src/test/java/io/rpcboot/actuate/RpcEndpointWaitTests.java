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

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.rpcboot.actuate.RpcDescriptor.Application;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcEndpointAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.client.RpcReference;
import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.client.routing.InstanceFilter;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import io.rpcboot.testing.echo.Ping;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * How long the endpoint waits for channels does not grow with their number.
 */
class RpcEndpointWaitTests {

	private static final long LIMIT_SECONDS = 10;

	@Test
	void allApplicationsAreAskedBeforeAnyIsWaitedFor() {
		OneAfterTheOther filter = new OneAfterTheOther();
		try (EchoServer callee = EchoServer.start("a")) {
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class,
						RpcClientAutoConfiguration.class, RpcEndpointAutoConfiguration.class))
				.withUserConfiguration(Caller.class)
				.withBean(InstanceFilter.class, () -> filter)
				.withPropertyValues("management.endpoints.web.exposure.include=rpc", "rpc.registry.type=none",
						"rpc.client.references.[first].addresses=" + callee.address(),
						"rpc.client.references.[second].addresses=" + callee.address())
				.run((context) -> {
					RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
					context.getBean(Caller.class).call();
					filter.armed = true;
					// On two processors the common pool of newer JDKs has one thread.
					CompletableFuture<Application> held = CompletableFuture.supplyAsync(
							() -> endpoint.application("first", null, null, null, null, null, null),
							(task) -> new Thread(task).start());
					assertThat(filter.firstIsBusy.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
					assertThat(endpoint.rpc().references()).extracting(Application::application, Application::failure)
						.containsExactly(tuple("first", null), tuple("second", null));
					assertThat(held).succeedsWithin(LIMIT_SECONDS, TimeUnit.SECONDS);
				});
		}
	}

	/**
	 * Once armed, keeps the channel to one application busy until that to the other is
	 * asked.
	 */
	private static final class OneAfterTheOther implements InstanceFilter {

		private final CountDownLatch firstIsBusy = new CountDownLatch(1);

		private final CountDownLatch secondIsAsked = new CountDownLatch(1);

		private volatile boolean armed;

		@Override
		public String name() {
			return "one after the other";
		}

		@Override
		public InstanceFilter forApplication(String application) {
			return new InstanceFilter() {
				@Override
				public String name() {
					return OneAfterTheOther.this.name();
				}

				@Override
				public List<Candidate> filter(List<Candidate> candidates, CallRoute route, List<Candidate> known) {
					asked(application);
					return candidates;
				}
			};
		}

		@Override
		public List<Candidate> filter(List<Candidate> candidates, CallRoute route, List<Candidate> known) {
			throw new IllegalStateException("asked for no application");
		}

		private void asked(String application) {
			if (!this.armed) {
				return;
			}
			if (application.equals("second")) {
				this.secondIsAsked.countDown();
				return;
			}
			this.firstIsBusy.countDown();
			try {
				assertThat(this.secondIsAsked.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Caller {

		private final EchoBlockingStub first;

		private final EchoBlockingStub second;

		Caller(@RpcReference("first") EchoBlockingStub first, @RpcReference("second") EchoBlockingStub second) {
			this.first = first;
			this.second = second;
		}

		void call() {
			this.first.unary(Ping.getDefaultInstance());
			this.second.unary(Ping.getDefaultInstance());
		}

	}

}
