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

package io.rpcboot.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Throttling of the calls of references, against a real server that fails on demand.
 */
@ExtendWith(OutputCaptureExtension.class)
class ThrottlingTests {

	private static final int CALLS = 300;

	private final EchoServer server = EchoServer.start("a");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class))
		.withUserConfiguration(Consumer.class)
		.withPropertyValues("rpc.registry.type=none",
				"rpc.client.references.[echo].addresses=127.0.0.1:" + this.server.port());

	@AfterEach
	void close() {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "rpc.client.defaults.throttling", "rpc.client.references[echo].throttling",
			"rpc.client.references[echo].methods[rpc.testing.Echo].throttling",
			"rpc.client.references[echo].methods[rpc.testing.Echo/Unary].throttling" })
	void whenCallsFailThenMostAreNotSentAndTheSettingIsNamed(String origin) {
		this.runner.withPropertyValues(origin + ".enabled=true").run((context) -> {
			EchoGrpc.EchoBlockingStub stub = context.getBean(Consumer.class).echo;
			this.server.failWith(Status.INTERNAL);
			StatusRuntimeException refused = callUntilRefused(stub);
			assertThat(this.server.calls()).isBetween(20, 150);
			assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(refused.getStatus().getDescription())
				.matches("Calls of rpc\\.testing\\.Echo/Unary to echo are throttled, as 0 of \\d+ were answered in the "
						+ "last 10 s \\(\\Q" + origin + "\\E, k: 2\\.0\\): not sent");
			assertThat(refused.getTrailers().get(RpcMetadata.NOT_EXECUTED)).isEqualTo("1");
		});
	}

	@Test
	void isOffByDefault() {
		this.runner.run((context) -> {
			this.server.failWith(Status.INTERNAL);
			assertThat(refusals(context.getBean(Consumer.class).echo)).isZero();
			assertThat(this.server.calls()).isEqualTo(CALLS);
		});
	}

	@Test
	void whenItIsOffForAMethodThenTheOthersAreThrottled() {
		this.runner
			.withPropertyValues("rpc.client.defaults.throttling.enabled=true",
					"rpc.client.references[echo].methods[rpc.testing.Echo/Unary].throttling.enabled=false")
			.run((context) -> {
				Consumer consumer = context.getBean(Consumer.class);
				this.server.failWith(Status.INTERNAL);
				assertThat(refusals(consumer.echo)).isZero();
			});
	}

	@Test
	void referencesToOneApplicationShareTheThrottleOfAMethod() {
		this.runner.withPropertyValues("rpc.client.defaults.throttling.enabled=true").run((context) -> {
			Consumer consumer = context.getBean(Consumer.class);
			this.server.failWith(Status.INTERNAL);
			assertThat(refusals(consumer.echo)).isPositive();
			int before = this.server.calls();
			assertThat(refusals(consumer.other)).isGreaterThan(CALLS / 2);
			assertThat(this.server.calls() - before).isLessThan(CALLS / 2);
		});
	}

	@ParameterizedTest
	@EnumSource(value = Status.Code.class, names = { "UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "UNKNOWN" })
	void theseAreFailures(Status.Code code) {
		assertThat(refusalsWhenCallsEndWith(code)).isPositive();
	}

	@ParameterizedTest
	@EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE,
			names = { "OK", "UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "UNKNOWN" })
	void theOthersAreAnswersOrNothing(Status.Code code) {
		assertThat(refusalsWhenCallsEndWith(code)).isZero();
	}

	@Test
	void whenAServerRefusesForOverloadThenThatIsAFailure() {
		Metadata trailers = new Metadata();
		trailers.put(RpcMetadata.NOT_EXECUTED, RpcMetadata.SET);
		this.runner.withPropertyValues("rpc.client.defaults.throttling.enabled=true").run((context) -> {
			this.server.failWith(Status.RESOURCE_EXHAUSTED, trailers);
			assertThat(refusals(context.getBean(Consumer.class).echo)).isPositive();
		});
	}

	@Test
	void whenItIsADryRunThenAllAreSentAndTheLogTells(CapturedOutput output) {
		this.runner
			.withPropertyValues("rpc.client.defaults.throttling.enabled=true",
					"rpc.client.defaults.throttling.dry-run=true")
			.run((context) -> {
				this.server.failWith(Status.INTERNAL);
				assertThat(refusals(context.getBean(Consumer.class).echo)).isZero();
				assertThat(this.server.calls()).isEqualTo(CALLS);
				assertThat(output).containsOnlyOnce("Calls of rpc.testing.Echo/Unary to echo are throttled")
					.contains(": would be dropped");
			});
	}

	@Test
	void whenTheTargetIsBackThenAllAreSentAgainWithinAWindowAndTheLogTells(CapturedOutput output) {
		this.runner
			.withPropertyValues("rpc.client.defaults.throttling.enabled=true",
					"rpc.client.defaults.throttling.window=1s")
			.run((context) -> {
				EchoGrpc.EchoBlockingStub stub = context.getBean(Consumer.class).echo;
				this.server.failWith(Status.INTERNAL);
				assertThat(refusals(stub)).isPositive();
				this.server.failWith(null);
				long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
				while (refusals(stub) > 0 && System.nanoTime() < end) {
					Thread.onSpinWait();
				}
				assertThat(System.nanoTime()).isLessThan(end);
				assertThat(output).contains("Calls of rpc.testing.Echo/Unary to echo are answered again; ")
					.contains(" were dropped");
			});
	}

	@Test
	void whenACallIsNotSentThenAnAsynchronousStubIsToldToo() {
		this.runner.withPropertyValues("rpc.client.defaults.throttling.enabled=true").run((context) -> {
			Consumer consumer = context.getBean(Consumer.class);
			this.server.failWith(Status.INTERNAL);
			callUntilRefused(consumer.echo);
			boolean refused = false;
			for (int i = 0; i < CALLS && !refused; i++) {
				CompletableFuture<Throwable> failure = new CompletableFuture<>();
				consumer.async.unary(Ping.getDefaultInstance(), new StreamObserver<>() {
					@Override
					public void onNext(Pong value) {
						failure.completeExceptionally(new AssertionError("answered"));
					}

					@Override
					public void onError(Throwable ex) {
						failure.complete(ex);
					}

					@Override
					public void onCompleted() {
						failure.completeExceptionally(new AssertionError("completed"));
					}
				});
				refused = Status.fromThrowable(failure.get(10, TimeUnit.SECONDS)).getCode() == Status.Code.UNAVAILABLE;
			}
			assertThat(refused).isTrue();
		});
	}

	private int refusalsWhenCallsEndWith(Status.Code code) {
		int[] refusals = new int[1];
		this.runner.withPropertyValues("rpc.client.defaults.throttling.enabled=true").run((context) -> {
			this.server.failWith(code.toStatus());
			refusals[0] = refusals(context.getBean(Consumer.class).echo);
		});
		return refusals[0];
	}

	private static int refusals(EchoGrpc.EchoBlockingStub stub) {
		int refusals = 0;
		for (int i = 0; i < CALLS; i++) {
			StatusRuntimeException failure = failure(stub);
			refusals += (failure != null && isRefused(failure)) ? 1 : 0;
		}
		return refusals;
	}

	private static StatusRuntimeException callUntilRefused(EchoGrpc.EchoBlockingStub stub) {
		for (int i = 0; i < CALLS; i++) {
			StatusRuntimeException failure = failure(stub);
			if (failure != null && isRefused(failure)) {
				return failure;
			}
		}
		throw new AssertionError("No call was refused");
	}

	private static @Nullable StatusRuntimeException failure(EchoGrpc.EchoBlockingStub stub) {
		return catchThrowableOfType(StatusRuntimeException.class, () -> stub.unary(Ping.getDefaultInstance()));
	}

	private static boolean isRefused(StatusRuntimeException failure) {
		String description = failure.getStatus().getDescription();
		return description != null && description.endsWith(": not sent");
	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		private final EchoGrpc.EchoBlockingStub echo;

		private final EchoGrpc.EchoBlockingStub other;

		private final EchoGrpc.EchoStub async;

		Consumer(@RpcReference("echo") EchoGrpc.EchoBlockingStub echo,
				@RpcReference("echo") EchoGrpc.EchoBlockingStub other, @RpcReference("echo") EchoGrpc.EchoStub async) {
			this.echo = echo;
			this.other = other;
			this.async = async;
		}

	}

}
