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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.StreamObserver;
import io.rpcboot.testing.EchoGrpcKt.EchoCoroutineStub;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import io.rpcboot.testing.echo.ReactorEchoGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where {@link RpcReference} may stand, which types it makes, and that what Spring
 * injects itself goes on working.
 */
class RpcReferenceInjectionTests {

	private static final Ping PING = ping("hello");

	private final EchoServer server = EchoServer.start("a");

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void injectsFieldsSettersConstructorAndBeanMethodParameters() {
		try (ConfigurableApplicationContext context = run(Places.class)) {
			FieldAndSetter bean = context.getBean(FieldAndSetter.class);
			assertThat(bean.field.unary(PING).getText()).isEqualTo("hello");
			assertThat(bean.setter.unary(PING).getText()).isEqualTo("hello");
			assertThat(bean.fluent.unary(PING).getText()).isEqualTo("hello");
			assertThat(bean.inherited.unary(PING).getText()).isEqualTo("hello");
			assertThat(context.getBean(ByConstructor.class).echo.unary(PING).getText()).isEqualTo("hello");
			assertThat(context.getBean(ByBeanMethod.class).echo().unary(PING).getText()).isEqualTo("hello");
			assertThat(context.getBean(ByRecord.class).echo().unary(PING).getText()).isEqualTo("hello");
		}
	}

	@Test
	void asynchronousStubCallsInAllModes() throws Exception {
		try (ConfigurableApplicationContext context = run(Stubs.class)) {
			EchoGrpc.EchoStub stub = context.getBean(Stubs.class).async;
			Collector unary = new Collector();
			stub.unary(PING, unary);
			assertThat(unary.texts()).containsExactly("hello");
			Collector serverStream = new Collector();
			stub.serverStream(Ping.newBuilder(PING).setCount(2).build(), serverStream);
			assertThat(serverStream.texts()).containsExactly("hello0", "hello1");
			Collector clientStream = new Collector();
			send(stub.clientStream(clientStream));
			assertThat(clientStream.texts()).containsExactly("x,y");
			Collector bidi = new Collector();
			send(stub.bidi(bidi));
			assertThat(bidi.texts()).containsExactly("x", "y");
		}
	}

	@Test
	void blockingStubCallsInItsModes() {
		try (ConfigurableApplicationContext context = run(Stubs.class)) {
			EchoGrpc.EchoBlockingStub stub = context.getBean(Stubs.class).blocking;
			assertThat(stub.unary(PING).getText()).isEqualTo("hello");
			assertThat(stub.serverStream(Ping.newBuilder(PING).setCount(2).build())).toIterable()
				.extracting(Pong::getText)
				.containsExactly("hello0", "hello1");
		}
	}

	@Test
	void blockingV2StubCallsInAllModes() throws Exception {
		try (ConfigurableApplicationContext context = run(Stubs.class)) {
			EchoGrpc.EchoBlockingV2Stub stub = context.getBean(Stubs.class).blockingV2;
			assertThat(stub.unary(PING).getText()).isEqualTo("hello");
			BlockingClientCall<?, Pong> serverStream = stub.serverStream(Ping.newBuilder(PING).setCount(1).build());
			assertThat(serverStream.read().getText()).isEqualTo("hello0");
			assertThat(serverStream.read()).isNull();
			BlockingClientCall<Ping, Pong> clientStream = stub.clientStream();
			clientStream.write(ping("x"));
			clientStream.write(ping("y"));
			clientStream.halfClose();
			assertThat(clientStream.read().getText()).isEqualTo("x,y");
			BlockingClientCall<Ping, Pong> bidi = stub.bidi();
			bidi.write(ping("x"));
			assertThat(bidi.read().getText()).isEqualTo("x");
			bidi.halfClose();
			assertThat(bidi.read()).isNull();
		}
	}

	@Test
	void futureStubCalls() throws Exception {
		try (ConfigurableApplicationContext context = run(Stubs.class)) {
			EchoGrpc.EchoFutureStub stub = context.getBean(Stubs.class).future;
			assertThat(stub.unary(PING).get(30, TimeUnit.SECONDS).getText()).isEqualTo("hello");
		}
	}

	@Test
	void plainChannelCalls() {
		try (ConfigurableApplicationContext context = run(Stubs.class)) {
			Channel channel = context.getBean(Stubs.class).channel;
			assertThat(channel.authority()).isEqualTo("echo");
			assertThat(EchoGrpc.newBlockingStub(channel).unary(PING).getText()).isEqualTo("hello");
		}
	}

	@Test
	void reactorStubCallsInAllModes() {
		try (ConfigurableApplicationContext context = run(Stubs.class)) {
			ReactorEchoGrpc.ReactorEchoStub stub = context.getBean(Stubs.class).reactor;
			assertThat(stub.unary(PING).map(Pong::getText).block()).isEqualTo("hello");
			assertThat(stub.serverStream(Ping.newBuilder(PING).setCount(2).build()).map(Pong::getText).toIterable())
				.containsExactly("hello0", "hello1");
			Flux<Ping> pings = Flux.just(ping("x"), ping("y"));
			assertThat(stub.clientStream(pings).map(Pong::getText).block()).isEqualTo("x,y");
			assertThat(stub.bidi(pings).map(Pong::getText).toIterable()).containsExactly("x", "y");
		}
	}

	@Test
	void kotlinStubCalls() {
		try (ConfigurableApplicationContext context = run(Stubs.class)) {
			assertThat(context.getBean(Stubs.class).kotlin.unary(PING).getText()).isEqualTo("hello");
		}
	}

	@Test
	void whenReferenceNamesNoApplicationThenTheMapOfServicesDoes() {
		try (ConfigurableApplicationContext context = run(ByService.class,
				"rpc.client.services.rpc.testing.Echo=echo")) {
			ByService bean = context.getBean(ByService.class);
			assertThat(bean.blocking.unary(PING).getText()).isEqualTo("hello");
			assertThat(bean.reactor.unary(PING).map(Pong::getText).block()).isEqualTo("hello");
			assertThat(bean.kotlin.unary(PING).getText()).isEqualTo("hello");
		}
	}

	@Test
	void placeholdersAreResolvedInAllAttributes() {
		try (ConfigurableApplicationContext context = run(Placeholders.class, "my.application=echo", "my.timeout=10s",
				"my.policy=round_robin")) {
			assertThat(context.getBean(Placeholders.class).echo.unary(PING).getText()).isEqualTo("hello");
			String timeout = this.server.nextHeaders()
				.get(Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER));
			// More than the default of five seconds.
			assertThat(Long.parseLong(timeout.substring(0, timeout.length() - 1))).isBetween(5_000_001L, 10_000_000L);
			assertThat(timeout).endsWith("u");
		}
	}

	@Test
	void springsOwnInjectionWorksBesideIt() {
		try (ConfigurableApplicationContext context = run(SpringsOwn.class, "my.value=7")) {
			SpringsOwn.Consumer bean = context.getBean(SpringsOwn.Consumer.class);
			assertThat(bean.echo.unary(PING).getText()).isEqualTo("hello");
			assertThat(bean.value).isEqualTo(7);
			assertThat(bean.qualified).isEqualTo("two");
			assertThat(bean.lazy.name()).isEqualTo("late");
			assertThat(bean.provider.getObject().name()).isEqualTo("late");
			assertThat(bean.absent.getIfAvailable()).isNull();
			assertThat(bean.own).isSameAs(context.getBean("ownStub"));
		}
	}

	private ConfigurableApplicationContext run(Class<?> configuration, String... properties) {
		List<String> all = new ArrayList<>(List.of("spring.application.name=consumer", "rpc.registry.type=none",
				"rpc.client.references.echo.addresses=" + this.server.address()));
		all.addAll(List.of(properties));
		return RpcApplications.run(configuration, all.toArray(String[]::new));
	}

	private static Ping ping(String text) {
		return Ping.newBuilder().setText(text).build();
	}

	private static void send(StreamObserver<Ping> requests) {
		requests.onNext(ping("x"));
		requests.onNext(ping("y"));
		requests.onCompleted();
	}

	private static final class Collector implements StreamObserver<Pong> {

		private final List<String> received = new ArrayList<>();

		private final CompletableFuture<List<String>> all = new CompletableFuture<>();

		@Override
		public void onNext(Pong pong) {
			this.received.add(pong.getText());
		}

		@Override
		public void onError(Throwable ex) {
			this.all.completeExceptionally(ex);
		}

		@Override
		public void onCompleted() {
			this.all.complete(this.received);
		}

		List<String> texts() throws Exception {
			return this.all.get(30, TimeUnit.SECONDS);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ ByRecord.class, FieldAndSetter.class, ByConstructor.class })
	static class Places {

		@Bean
		ByBeanMethod byBeanMethod(@RpcReference("echo") EchoGrpc.EchoBlockingStub echo) {
			return new ByBeanMethod(echo);
		}

	}

	static class Base {

		@RpcReference("echo")
		EchoGrpc.EchoBlockingStub inherited;

	}

	static class FieldAndSetter extends Base {

		@RpcReference("echo")
		private EchoGrpc.EchoBlockingStub field;

		private EchoGrpc.EchoBlockingStub setter;

		private EchoGrpc.EchoBlockingStub fluent;

		@RpcReference("echo")
		void setSetter(EchoGrpc.EchoBlockingStub setter) {
			this.setter = setter;
		}

		@RpcReference("echo")
		FieldAndSetter fluent(EchoGrpc.EchoBlockingStub stub) {
			this.fluent = stub;
			return this;
		}

	}

	static class ByConstructor {

		private final EchoGrpc.EchoBlockingStub echo;

		ByConstructor(@RpcReference("echo") EchoGrpc.EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

	record ByRecord(@RpcReference("echo") EchoGrpc.EchoBlockingStub echo) {

	}

	record ByBeanMethod(EchoGrpc.EchoBlockingStub echo) {

	}

	@Configuration(proxyBeanMethods = false)
	static class Stubs {

		@RpcReference("echo")
		EchoGrpc.EchoStub async;

		@RpcReference("echo")
		EchoGrpc.EchoBlockingStub blocking;

		@RpcReference("echo")
		EchoGrpc.EchoBlockingV2Stub blockingV2;

		@RpcReference("echo")
		EchoGrpc.EchoFutureStub future;

		@RpcReference("echo")
		Channel channel;

		@RpcReference("echo")
		ReactorEchoGrpc.ReactorEchoStub reactor;

		@RpcReference("echo")
		EchoCoroutineStub kotlin;

	}

	@Configuration(proxyBeanMethods = false)
	static class ByService {

		@RpcReference
		EchoGrpc.EchoBlockingStub blocking;

		@RpcReference
		ReactorEchoGrpc.ReactorEchoStub reactor;

		@RpcReference
		EchoCoroutineStub kotlin;

	}

	@Configuration(proxyBeanMethods = false)
	static class Placeholders {

		@RpcReference(value = "${my.application}", timeout = "${my.timeout}", loadBalancing = "${my.policy}")
		EchoGrpc.EchoBlockingStub echo;

	}

	@Configuration(proxyBeanMethods = false)
	@Import(SpringsOwn.Consumer.class)
	static class SpringsOwn {

		@Bean
		String one() {
			return "one";
		}

		@Bean
		String two() {
			return "two";
		}

		@Bean
		@Lazy
		Named late() {
			return () -> "late";
		}

		@Bean
		EchoGrpc.EchoBlockingStub ownStub(@RpcReference("echo") Channel channel) {
			return EchoGrpc.newBlockingStub(channel);
		}

		interface Named {

			String name();

		}

		static class Consumer {

			private final EchoGrpc.EchoBlockingStub echo;

			private final int value;

			private final String qualified;

			private final Named lazy;

			@Autowired
			private ObjectProvider<Named> provider;

			@Autowired
			private ObjectProvider<Runnable> absent;

			@Autowired
			private EchoGrpc.EchoBlockingStub own;

			Consumer(@RpcReference("echo") EchoGrpc.EchoBlockingStub echo, @Value("${my.value}") int value,
					@Qualifier("two") String qualified, @Lazy Named lazy) {
				this.echo = echo;
				this.value = value;
				this.qualified = qualified;
				this.lazy = lazy;
			}

		}

	}

}
