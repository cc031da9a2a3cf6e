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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcClientMetersAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.client.ReferenceGuards;
import io.rpcboot.client.RpcChannels;
import io.rpcboot.client.RpcReference;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.client.fallback.RpcFallback;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link RpcClientMeters} against real servers.
 */
class RpcClientMetersTests {

	private static final String METHOD = "rpc.client.references.[echo].methods.[rpc.testing.Echo/Unary].";

	private final EchoServer server = EchoServer.start("a");

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final AtomicLong nanoTime = new AtomicLong();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class,
				RpcClientMetersAutoConfiguration.class))
		.withPropertyValues("rpc.registry.type=none",
				"rpc.client.references.[echo].addresses=127.0.0.1:" + this.server.port());

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void countsInstancesPicksAndCallsInFlight() {
		this.runner.withUserConfiguration(Consumer.class)
			.withPropertyValues("rpc.client.references.[echo].addresses=127.0.0.1:" + this.server.port() + ",127.0.0.1:"
					+ EchoServer.unusedPort())
			.run((context) -> {
				bind(context);
				EchoGrpc.EchoBlockingStub stub = stub(context);
				stub.unary(EchoClient.ping("x"));
				Thread held = new Thread(() -> stub.unary(EchoClient.ping(EchoServer.HOLD)));
				held.start();
				this.server.awaitHeld();
				aSecondLater();
				assertThat(instances("usable")).isOne();
				assertThat(instances("connecting") + instances("other")).as("nobody listens there").isOne();
				assertThat(instances("ejected")).isZero();
				assertThat(gauge("rpc.client.calls.active")).isOne();
				assertThat(counter("rpc.client.picks")).isEqualTo(2);
				this.server.release();
				held.join();
				Awaitility.await().untilAsserted(() -> {
					aSecondLater();
					assertThat(gauge("rpc.client.calls.active")).isZero();
				});
			});
	}

	@Test
	void countsRetriesAndWhyThereWasNone() {
		this.server.failWith(Status.UNAVAILABLE);
		this.runner.withUserConfiguration(Consumer.class)
			.withPropertyValues(METHOD + "idempotent=true", METHOD + "retry.max-attempts=3")
			.run((context) -> {
				bind(context);
				fail(stub(context));
				aSecondLater();
				assertThat(counter("rpc.client.retries", "rpc.kind", "retry")).isEqualTo(2);
				assertThat(counter("rpc.client.retries", "rpc.kind", "resend")).isZero();
				assertThat(counter("rpc.client.not.retried", "rpc.reason", "max-attempts")).isOne();
				assertThat(counter("rpc.client.not.retried", "rpc.reason", "budget")).isZero();
				assertThat(counter("rpc.client.picks")).isEqualTo(3);
				assertThat(counter("rpc.client.hedges", "rpc.result", "won")).isZero();
			});
	}

	@Test
	void tellsWhatIsLeftOfTheRetryBudget() {
		this.server.failWith(Status.UNAVAILABLE);
		this.runner.withUserConfiguration(Consumer.class)
			.withPropertyValues(METHOD + "idempotent=true", METHOD + "retry.max-attempts=3")
			.run((context) -> {
				bind(context);
				aSecondLater();
				double before = gauge("rpc.client.retry.budget");
				assertThat(before).isEqualTo(100);
				fail(stub(context));
				aSecondLater();
				assertThat(gauge("rpc.client.retry.budget")).isCloseTo(before + 0.2 - 2, within(0.01));
			});
	}

	@Test
	void countsWhatFallbacksAnsweredAndCouldNotAnswer() {
		this.server.failWith(Status.UNAVAILABLE);
		this.runner.withUserConfiguration(Consumer.class, Spare.class)
			.withPropertyValues("rpc.client.references.[echo].fallback.bean=spare")
			.run((context) -> {
				bind(context);
				EchoGrpc.EchoBlockingStub stub = stub(context);
				stub.unary(EchoClient.ping("x"));
				stub.unary(EchoClient.ping("y"));
				assertThatException().isThrownBy(() -> stub.unary(EchoClient.ping("fail")));
				aSecondLater();
				assertThat(counter("rpc.client.fallbacks", "rpc.result", "answered")).isEqualTo(2);
				assertThat(counter("rpc.client.fallbacks", "rpc.result", "failed")).isOne();
			});
	}

	@Test
	void countsWhatThrottlingDidNotSend() {
		this.server.failWith(Status.INTERNAL);
		this.runner.withUserConfiguration(Consumer.class)
			.withPropertyValues("rpc.client.defaults.throttling.enabled=true")
			.run((context) -> {
				bind(context);
				EchoGrpc.EchoBlockingStub stub = stub(context);
				int refused = 0;
				for (int i = 0; i < 300; i++) {
					refused += (fail(stub) == Status.Code.UNAVAILABLE) ? 1 : 0;
				}
				aSecondLater();
				assertThat(refused).isPositive();
				assertThat(counter("rpc.client.throttled")).isEqualTo(refused);
			});
	}

	@Test
	void whenNothingIsCalledThenThereIsOneMeter() {
		this.runner.run((context) -> {
			bind(context);
			assertThat(applications()).isZero();
			assertThat(this.registry.getMeters()).hasSize(1);
		});
	}

	@Test
	void whenTheContextIsGoneThenItsChannelsAreToo() {
		this.runner.withUserConfiguration(Consumer.class).run((context) -> {
			bind(context);
			stub(context).unary(EchoClient.ping("x"));
			aSecondLater();
			assertThat(instances("usable")).isOne();
			context.getBean(RpcChannels.class).stop();
			Awaitility.await().untilAsserted(() -> {
				aSecondLater();
				applications();
				assertThat(this.registry.find("rpc.client.instances").meters()).isEmpty();
			});
		});
	}

	@Test
	void whenMicrometerIsNotOnTheClassPathThenThereAreNone() {
		this.runner.withClassLoader(new FilteredClassLoader(MeterBinder.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("rpcClientMeters"));
	}

	private void bind(ApplicationContext context) {
		assertThat(context.getBeansOfType(RpcClientMeters.class)).hasSize(1);
		new RpcClientMeters(context.getBean(RpcChannels.class), context.getBean(BalancerContext.class),
				context.getBean(ReferenceGuards.class), this.nanoTime::get)
			.bindTo(this.registry);
	}

	private static EchoGrpc.EchoBlockingStub stub(ApplicationContext context) {
		EchoGrpc.EchoBlockingStub stub = context.getBean(Consumer.class).stub;
		assertThat(stub).isNotNull();
		return stub;
	}

	private static Status.Code fail(EchoGrpc.EchoBlockingStub stub) {
		return catchThrowableOfType(StatusRuntimeException.class, () -> stub.unary(Ping.getDefaultInstance()))
			.getStatus()
			.getCode();
	}

	private void aSecondLater() {
		this.nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(1));
		applications();
	}

	private double applications() {
		return this.registry.get("rpc.client.applications").gauge().value();
	}

	private double instances(String state) {
		return gauge("rpc.client.instances", "rpc.state", state);
	}

	private double gauge(String name, String... tags) {
		return this.registry.get(name).tag("rpc.application", "echo").tags(tags).gauge().value();
	}

	private double counter(String name, String... tags) {
		return this.registry.get(name).tag("rpc.application", "echo").tags(tags).functionCounter().count();
	}

	@Configuration(proxyBeanMethods = false)
	static class Spare {

		@Bean
		RpcFallback<Ping, Pong> spare() {
			return (ping, failure) -> {
				if (ping.getText().equals("fail")) {
					throw Status.DATA_LOSS.asRuntimeException();
				}
				return Pong.getDefaultInstance();
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		@RpcReference("echo")
		EchoGrpc.@Nullable EchoBlockingStub stub;

	}

}
