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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpcboot.actuate.RpcServerMeters;
import io.rpcboot.server.NonBlocking;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcServerMetersAutoConfiguration}.
 */
class RpcServerMetersAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
				RpcServerMetersAutoConfiguration.class))
		.withClassLoader(new FilteredClassLoader("org.springframework.boot.grpc.server"))
		.withPropertyValues("rpc.server.port=0", "rpc.server.address=127.0.0.1", "rpc.registry.type=none",
				"rpc.server.shutdown.quiet-period=0s");

	@Test
	void whenANonBlockingServiceBlocksThenTheMetersSaySo() {
		this.runner.withUserConfiguration(NonBlockingEcho.class).run((context) -> {
			MeterRegistry registry = new SimpleMeterRegistry();
			context.getBean(RpcServerMeters.class).bindTo(registry);
			TimeGauge delay = registry.get("rpc.server.loop.delay").timeGauge();
			FunctionCounter blocked = registry.get("rpc.server.loop.blocked")
				.tag("rpc.service", "rpc.testing.Echo")
				.functionCounter();
			assertThat(delay.baseTimeUnit()).isEqualTo(TimeUnit.SECONDS);
			assertThat(delay.value()).isZero();
			assertThat(blocked.count()).isZero();
			RpcServerLifecycle server = context.getBean(RpcServerLifecycle.class);
			try (EchoClient client = new EchoClient(server.port())) {
				CompletableFuture<Reply<Pong>> call = client.unaryAsync("");
				Awaitility.await().until(() -> blocked.count() == 1);
				assertThat(delay.value()).isBetween(0.02, 20.0);
				context.getBean(GatedEcho.class).gate.countDown();
				assertThat(call.join().code()).isEqualTo(Status.Code.OK);
			}
			server.stop();
			assertThat(delay.value()).as("nothing runs").isZero();
			assertThat(blocked.count()).as("a counter never goes back").isOne();
		});
	}

	@Test
	void whenTheMetersAreBoundBeforeTheStartThenTheServicesFollowWithTheStart() {
		MeterRegistry registry = new SimpleMeterRegistry();
		this.runner.withUserConfiguration(NonBlockingEcho.class)
			.withInitializer((context) -> context
				.addBeanFactoryPostProcessor((beans) -> beans.addBeanPostProcessor(new BindsEarly(registry))))
			.run((context) -> assertThat(registry.get("rpc.server.loop.blocked")
				.tag("rpc.service", "rpc.testing.Echo")
				.functionCounter()
				.count()).isZero());
	}

	@Test
	void whenNoServiceIsNonBlockingThenNoneIsCounted() {
		this.runner.withBean(EchoService.class, "one").run((context) -> {
			MeterRegistry registry = new SimpleMeterRegistry();
			context.getBean(RpcServerMeters.class).bindTo(registry);
			assertThat(registry.get("rpc.server.loop.delay").timeGauge().value()).isZero();
			assertThat(registry.find("rpc.server.loop.blocked").meters()).isEmpty();
		});
	}

	@Test
	void whenThereIsNoServerThenThereAreNoMeters() {
		this.runner.withPropertyValues("rpc.server.port=-1")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RpcServerMeters.class));
	}

	@Test
	void whenMicrometerIsNotOnTheClassPathThenThereAreNone() {
		this.runner.withClassLoader(new FilteredClassLoader(MeterBinder.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("rpcServerMeters"));
	}

	@Test
	void whenAUserBringsTheirOwnThenThatOneStays() {
		this.runner.withUserConfiguration(OwnMeters.class)
			.run((context) -> assertThat(context).hasSingleBean(RpcServerMeters.class).hasBean("ownMeters"));
	}

	@Configuration(proxyBeanMethods = false)
	static class NonBlockingEcho {

		@Bean
		@RpcService
		@NonBlocking
		GatedEcho echo() {
			return new GatedEcho();
		}

	}

	static class GatedEcho extends EchoService {

		private final CountDownLatch gate = new CountDownLatch(1);

		GatedEcho() {
			super("gated");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			try {
				this.gate.await(20, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			super.unary(request, responseObserver);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnMeters {

		@Bean
		RpcServerMeters ownMeters(RpcServerLifecycle server) {
			return new RpcServerMeters(server);
		}

	}

	/**
	 * Binds the meters as soon as they are there, as Spring Boot's registries do.
	 *
	 * @param registry where to
	 */
	private record BindsEarly(MeterRegistry registry) implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			if (bean instanceof MeterBinder binder) {
				binder.bindTo(this.registry);
			}
			return bean;
		}

	}

}
