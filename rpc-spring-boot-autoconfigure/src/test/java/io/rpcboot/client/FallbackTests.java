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

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.client.fallback.RpcFallback;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoGrpcKt.EchoCoroutineStub;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.PlainGrpc;
import io.rpcboot.testing.echo.Pong;
import io.rpcboot.testing.echo.ReactorEchoGrpc;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What answers instead of an application that fails.
 */
class FallbackTests {

	private static final Ping PING = Ping.newBuilder().setText("hello").setCount(2).build();

	private final EchoServer server = EchoServer.start("a");

	private final EchoServer other = EchoServer.start("other");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class))
		.withPropertyValues("rpc.registry.type=none", "rpc.client.references[echo].addresses=" + this.server.address(),
				"rpc.client.references[gone].addresses=127.0.0.1:" + EchoServer.unusedPort(),
				"rpc.client.references[other].addresses=" + this.other.address());

	@AfterEach
	void close() {
		this.server.close();
		this.other.close();
	}

	@ParameterizedTest
	@CsvSource({ "stub, other", "reactorStub, other", "channel, other", "service, local", "function, function" })
	void everyKindOfBeanAnswersForEveryKindOfStub(String bean, String answeredBy) {
		this.runner.withUserConfiguration(Beans.class, Consumer.class)
			.withPropertyValues("rpc.client.references[gone].fallback.bean=" + bean)
			.run((context) -> {
				Consumer consumer = context.getBean(Consumer.class);
				assertThat(consumer.blocking.unary(PING).getServer()).isEqualTo(answeredBy);
				assertThat(consumer.blockingV2.unary(PING).getServer()).isEqualTo(answeredBy);
				assertThat(consumer.future.unary(PING).get(30, TimeUnit.SECONDS).getServer()).isEqualTo(answeredBy);
				assertThat(consumer.reactor.unary(PING).block().getServer()).isEqualTo(answeredBy);
				assertThat(consumer.kotlin.unary(PING).getServer()).isEqualTo(answeredBy);
				assertThat(EchoGrpc.newBlockingStub(consumer.channel).unary(PING).getServer()).isEqualTo(answeredBy);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "stub", "service", "function" })
	void serverStreamsThatHaveNotBegunAreAnswered(String bean) {
		this.runner.withUserConfiguration(Beans.class, Consumer.class)
			.withPropertyValues("rpc.client.references[gone].fallback.bean=" + bean)
			.run((context) -> {
				Consumer consumer = context.getBean(Consumer.class);
				List<String> texts = new ArrayList<>();
				consumer.blocking.serverStream(PING).forEachRemaining((pong) -> texts.add(pong.getText()));
				assertThat(texts)
					.isEqualTo(bean.equals("function") ? List.of("UNAVAILABLE hello") : List.of("hello0", "hello1"));
				BlockingClientCall<?, Pong> call = consumer.blockingV2.serverStream(PING);
				assertThat(call.read().getText()).isEqualTo(texts.get(0));
				assertThat(consumer.reactor.serverStream(PING).map(Pong::getText).collectList().block())
					.isEqualTo(texts);
			});
	}

	@Test
	void aLongStreamOfALocalServiceComesWholeAndInOrder() {
		this.runner.withUserConfiguration(Beans.class, Consumer.class)
			.withPropertyValues("rpc.client.references[gone].fallback.bean=service")
			.run((context) -> {
				Iterator<Pong> answers = context.getBean(Consumer.class).blocking
					.serverStream(PING.toBuilder().setCount(1000).build());
				for (int i = 0; i < 1000; i++) {
					assertThat(answers.next().getText()).isEqualTo("hello" + i);
				}
				assertThat(answers.hasNext()).isFalse();
			});
	}

	@Test
	void whenAStreamHasBegunOrItsRequestIsAStreamThenTheFailureIsTold() {
		this.runner.withUserConfiguration(Beans.class, Consumer.class)
			.withPropertyValues("rpc.client.references[gone].fallback.bean=stub",
					"rpc.client.references[echo].fallback.bean=stub")
			.run((context) -> {
				Consumer consumer = context.getBean(Consumer.class);
				assertThat(
						failure(() -> EchoGrpc.newBlockingV2Stub(consumer.channel).clientStream().read()).getStatus())
					.extracting(Status::getCode)
					.isEqualTo(Status.Code.UNAVAILABLE);
				Iterator<Pong> begun = consumer.echo.serverStream(PING.toBuilder().setText(EchoServer.BREAK).build());
				assertThat(begun.next().getText()).isEqualTo(EchoServer.BREAK);
				assertThat(failure(begun::next).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			});
	}

	@ParameterizedTest
	@CsvSource({ "UNAVAILABLE, true", "DEADLINE_EXCEEDED, true", "RESOURCE_EXHAUSTED, true", "INTERNAL, false",
			"NOT_FOUND, false", "UNIMPLEMENTED, false" })
	void answersForTheseStatusesUnlessOthersAreListed(Status.Code code, boolean answered) {
		this.server.failWith(code.toStatus().withDescription("no"));
		this.runner.withUserConfiguration(Beans.class, Consumer.class)
			.withPropertyValues("rpc.client.references[echo].fallback.bean=service")
			.run((context) -> assertAnswered(context.getBean(Consumer.class).echo, code, answered));
		this.runner.withUserConfiguration(Beans.class, Consumer.class)
			.withPropertyValues("rpc.client.references[echo].fallback.bean=service",
					"rpc.client.references[echo].fallback.statuses=internal,not-found")
			.run((context) -> assertAnswered(context.getBean(Consumer.class).echo, code,
					code == Status.Code.INTERNAL || code == Status.Code.NOT_FOUND));
	}

	@Test
	void whenTheApplicationAnswersThenNobodyElseIsAsked() {
		this.runner.withUserConfiguration(Beans.class, Consumer.class)
			.withPropertyValues("rpc.client.references[echo].fallback.bean=stub")
			.run((context) -> {
				assertThat(context.getBean(Consumer.class).echo.unary(PING).getServer()).isEqualTo("a");
				assertThat(this.other.calls()).isZero();
			});
	}

	@Test
	void whenTheTimeoutOfTheReferenceIsOverThenTheFallbackHasItsOwn() {
		this.runner.withUserConfiguration(Beans.class, Consumer.class)
			.withPropertyValues("rpc.client.references[echo].fallback.bean=stub",
					"rpc.client.references[echo].timeout=100ms")
			.run((context) -> {
				EchoGrpc.EchoBlockingStub echo = context.getBean(Consumer.class).echo;
				echo.unary(PING);
				Ping hold = Ping.newBuilder().setText(EchoServer.HOLD).build();
				new Thread(() -> {
					this.other.awaitHeld();
					this.other.release();
				}).start();
				assertThat(echo.unary(hold).getServer()).isEqualTo("other");
			});
	}

	@Test
	void methodsHaveFallbacksOfTheirOwn() {
		this.runner.withUserConfiguration(Beans.class, One.class)
			.withPropertyValues("rpc.client.references[gone].methods[rpc.testing.Echo/Unary].fallback.bean=function",
					"rpc.client.references[gone].methods[rpc.testing.Other/Unary].fallback.bean=absent")
			.run((context) -> {
				One consumer = context.getBean(One.class);
				assertThat(consumer.echo.unary(PING).getServer()).isEqualTo("function");
				assertThat(failure(() -> consumer.echo.serverStream(PING).next()).getStatus().getCode())
					.isEqualTo(Status.Code.UNAVAILABLE);
			});
	}

	@Test
	void annotationNamesBeanAndStatuses() {
		this.server.failWith(Status.NOT_FOUND);
		this.runner.withUserConfiguration(Beans.class, Annotated.class)
			.withPropertyValues("my.fallback=service")
			.run((context) -> assertThat(context.getBean(Annotated.class).echo.unary(PING).getServer())
				.isEqualTo("local"));
	}

	@Test
	void whenTheFallbackFailsTooThenBothFailuresAreTold() {
		this.runner.withUserConfiguration(Beans.class, Consumer.class)
			.withPropertyValues("rpc.client.references[gone].fallback.bean=broken")
			.run((context) -> {
				StatusRuntimeException failure = failure(() -> context.getBean(Consumer.class).blocking.unary(PING));
				assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
				assertThat(failure.getStatus().getDescription()).startsWith(
						"The fallback 'broken' of gone failed; it was asked as the call ended with UNAVAILABLE: ");
				assertThat(failure.getStatus().getCause().getCause()).isInstanceOf(IllegalStateException.class)
					.hasMessage("broken too");
				assertThat(failure.getStatus().getCause().getSuppressed()).singleElement()
					.isInstanceOf(StatusRuntimeException.class);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "channel", "stub" })
	void credentialsInAHeaderDoNotGoToAnotherApplication(String bean) {
		Metadata.Key<String> authorization = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
		Metadata.Key<String> other = Metadata.Key.of("other", Metadata.ASCII_STRING_MARSHALLER);
		Metadata headers = new Metadata();
		headers.put(authorization, "Bearer x");
		headers.put(other, "kept");
		this.server.failWith(Status.UNAVAILABLE);
		this.runner.withUserConfiguration(Beans.class, Consumer.class)
			.withPropertyValues("rpc.client.references[echo].fallback.bean=" + bean)
			.run((context) -> {
				EchoGrpc.EchoBlockingStub echo = context.getBean(Consumer.class).echo;
				assertThat(echo.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
					.unary(PING)
					.getServer()).isEqualTo("other");
				assertThat(this.server.nextHeaders().get(authorization)).isEqualTo("Bearer x");
				Metadata sent = this.other.nextHeaders();
				assertThat(sent.get(other)).isEqualTo("kept");
				assertThat(sent.get(authorization)).isNull();
			});
	}

	@Test
	void whenAFunctionAnswersNonsenseThenTheBeanIsNamed() {
		this.runner.withUserConfiguration(Beans.class, Consumer.class)
			.withPropertyValues("rpc.client.references[gone].fallback.bean=untyped")
			.run((context) -> assertThat(
					failure(() -> context.getBean(Consumer.class).blocking.unary(PING)).getStatus().getDescription())
				.contains("The bean 'untyped' answers rpc.testing.Echo/Unary with java.lang.String (expected: "
						+ Pong.class.getName() + ")"));
	}

	@Test
	void throttledCallsAreAnsweredToo() {
		this.server.failWith(Status.INTERNAL);
		this.runner.withUserConfiguration(Beans.class, Consumer.class)
			.withPropertyValues("rpc.client.references[echo].fallback.bean=service",
					"rpc.client.references[echo].throttling.enabled=true")
			.run((context) -> {
				int answered = 0;
				for (int i = 0; i < 300; i++) {
					try {
						answered += context.getBean(Consumer.class).echo.unary(PING).getServer().equals("local") ? 1
								: 0;
					}
					catch (StatusRuntimeException ex) {
						assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
					}
				}
				assertThat(answered).isGreaterThan(150);
			});
	}

	@Test
	void whenAServiceStandsInThenItIsNotServed() {
		try (ConfigurableApplicationContext context = RpcApplications.run(Standing.class, "rpc.registry.type=none",
				"rpc.client.references[gone].addresses=127.0.0.1:" + EchoServer.unusedPort())) {
			assertThat(context.getBean(Standing.class).echo.unary(PING).getServer()).isEqualTo("local");
			assertThat(context.getEnvironment().getProperty("local.rpc.server.port")).isNotNull();
			StatusRuntimeException failure = failure(() -> {
				try (EchoClient client = new EchoClient(RpcApplications.port(context))) {
					EchoGrpc.newBlockingStub(client.channel()).unary(PING);
				}
			});
			assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					absent         | there is no bean 'absent' (expected: the name of a stub or an implementation of rpc.testing.Echo, a Channel or an RpcFallback)
					text           | the bean 'text' is a java.lang.String (expected: a stub or an implementation of rpc.testing.Echo, a Channel or an RpcFallback)
					plainStub      | the bean 'plainStub' is of the service rpc.testing.Plain (expected: a stub or an implementation of rpc.testing.Echo, a Channel or an RpcFallback)
					plainService   | the bean 'plainService' is of the service rpc.testing.Plain (expected: a stub or an implementation of rpc.testing.Echo, a Channel or an RpcFallback)
					otherFunction  | the bean 'otherFunction' (expected: one that answers [rpc.testing.Echo/Unary, rpc.testing.Echo/ServerStream, rpc.testing.Echo/ClientStream, rpc.testing.Echo/Bidi])
					circle         | the bean 'circle' needs what it is the fallback of (expected: fallbacks that form no circle)
					""")
	void whenABeanCannotAnswerThenTheStartFails(String bean, String reason) {
		this.runner.withUserConfiguration(Beans.class, Wrong.class, One.class)
			.withPropertyValues("rpc.client.references[gone].fallback.bean=" + bean)
			.run((context) -> {
				Throwable cause = context.getStartupFailure();
				while (cause != null && !(cause instanceof RpcReferenceException)) {
					cause = cause.getCause();
				}
				assertThat(cause).isNotNull();
				assertThat(cause.getMessage()).startsWith("@RpcReference at ")
					.endsWith(" to 'gone': fallback: " + reason);
			});
	}

	private static void assertAnswered(EchoGrpc.EchoBlockingStub echo, Status.Code code, boolean answered) {
		if (answered) {
			assertThat(echo.unary(PING).getServer()).isEqualTo("local");
		}
		else {
			assertThat(failure(() -> echo.unary(PING)).getStatus().getCode()).isEqualTo(code);
		}
	}

	private static StatusRuntimeException failure(ThrowingCallable call) {
		Throwable failure = catchThrowable(call);
		assertThat(failure).isNotNull();
		return (failure instanceof StatusRuntimeException runtime) ? runtime
				: Status.fromThrowable(failure).asRuntimeException();
	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		EchoGrpc.EchoStub stub(@RpcReference("other") EchoGrpc.EchoStub other) {
			return other;
		}

		@Bean
		ReactorEchoGrpc.ReactorEchoStub reactorStub(@RpcReference("other") ReactorEchoGrpc.ReactorEchoStub other) {
			return other;
		}

		@Bean
		Channel channel(@RpcReference("other") Channel other) {
			return other;
		}

		@Bean
		EchoService service() {
			return new EchoService("local");
		}

		@Bean
		RpcFallback<Ping, Pong> function() {
			return (ping, failure) -> Pong.newBuilder()
				.setText(failure.getCode() + " " + ping.getText())
				.setServer("function")
				.build();
		}

		@Bean
		RpcFallback<Ping, Pong> broken() {
			return (ping, failure) -> {
				throw new IllegalStateException("broken too");
			};
		}

		@Bean
		@SuppressWarnings("rawtypes")
		RpcFallback untyped() {
			return (ping, failure) -> "nonsense";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Wrong {

		@Bean
		String text() {
			return "text";
		}

		@Bean
		PlainGrpc.PlainBlockingStub plainStub(@RpcReference("other") PlainGrpc.PlainBlockingStub other) {
			return other;
		}

		@Bean
		PlainGrpc.PlainImplBase plainService() {
			return new PlainGrpc.PlainImplBase() {
			};
		}

		@Bean
		RpcFallback<Pong, Ping> otherFunction() {
			return (ping, failure) -> Ping.getDefaultInstance();
		}

		@Bean
		EchoGrpc.EchoStub circle(@RpcReference("gone") EchoGrpc.EchoStub gone) {
			return gone;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class One {

		@RpcReference("gone")
		EchoGrpc.EchoBlockingStub echo;

	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		@RpcReference("gone")
		EchoGrpc.EchoBlockingStub blocking;

		@RpcReference("gone")
		EchoGrpc.EchoBlockingV2Stub blockingV2;

		@RpcReference("gone")
		EchoGrpc.EchoFutureStub future;

		@RpcReference("gone")
		ReactorEchoGrpc.ReactorEchoStub reactor;

		@RpcReference("gone")
		EchoCoroutineStub kotlin;

		@RpcReference("gone")
		Channel channel;

		@RpcReference("echo")
		EchoGrpc.EchoBlockingStub echo;

	}

	@Configuration(proxyBeanMethods = false)
	static class Annotated {

		@RpcReference(value = "echo", fallback = "${my.fallback}", fallbackStatuses = Status.Code.NOT_FOUND)
		EchoGrpc.EchoBlockingStub echo;

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Beans.class)
	static class Standing {

		@RpcReference(value = "gone", fallback = "service")
		EchoGrpc.EchoBlockingStub echo;

		/** So that there is a server. */
		@Bean
		PlainGrpc.PlainImplBase plain() {
			return new PlainGrpc.PlainImplBase() {
				@Override
				public void say(Ping request, StreamObserver<Pong> responseObserver) {
					responseObserver.onCompleted();
				}
			};
		}

	}

}
