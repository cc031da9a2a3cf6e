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

package io.rpcboot.system;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.rpcboot.client.RpcReference;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.PlainGrpc.PlainBlockingStub;
import io.rpcboot.testing.echo.PlainGrpc.PlainImplBase;
import io.rpcboot.testing.echo.Pong;
import org.slf4j.MDC;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.core.DefaultOAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The two applications of {@link OperatedSystemIT}, each in a process of its own with all
 * auto-configuration that there is. A test has them do things over HTTP.
 */
final class OperatedApplications {

	static final String TOKEN = "token-of-shop";

	private OperatedApplications() {
	}

	private static void run(Class<?> configuration, String... properties) {
		String[] arguments = Stream.of(properties).map((property) -> "--" + property).toArray(String[]::new);
		new SpringApplicationBuilder(configuration).run(arguments);
	}

	private static boolean awaited(CountDownLatch latch) {
		try {
			return latch.await(60, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Serves. It is not ready until it is told, and holds a call until it is told.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Spans.class)
	public static class Provider {

		public static void main(String[] properties) {
			run(Provider.class, properties);
		}

		@Bean
		static Orders orders() {
			return new Orders();
		}

		@Bean
		static Held held() {
			return new Held();
		}

		@Bean
		static Readiness readiness() {
			return new Readiness();
		}

		@Bean
		static OpaqueTokenIntrospector tokens() {
			return (token) -> {
				if (!token.equals(TOKEN)) {
					throw new BadOpaqueTokenException("not active");
				}
				return new DefaultOAuth2AuthenticatedPrincipal("shop", Map.of("sub", "shop"),
						AuthorityUtils.createAuthorityList("ROLE_USER"));
			};
		}

	}

	/**
	 * Calls, with a good token and, by another reference, with a bad one.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Spans.class)
	public static class Consumer {

		public static void main(String[] properties) {
			run(Consumer.class, properties);
		}

		@Bean
		static Calls calls(@RpcReference("orders") EchoBlockingStub orders,
				@RpcReference("orders") PlainBlockingStub held, @RpcReference("stranger") EchoBlockingStub stranger) {
			return new Calls(orders, held, stranger);
		}

	}

	/**
	 * Answers with the id of the trace in its logging context.
	 */
	@RpcService
	static class Orders extends EchoService {

		Orders() {
			super("orders");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			responseObserver.onNext(pong(String.valueOf(MDC.get("traceId"))));
			responseObserver.onCompleted();
		}

	}

	/**
	 * Answers when it is told.
	 */
	@RpcService
	@RestController
	static class Held extends PlainImplBase {

		private final CountDownLatch released = new CountDownLatch(1);

		@Override
		public void say(Ping request, StreamObserver<Pong> responseObserver) {
			if (!awaited(this.released)) {
				responseObserver.onError(Status.INTERNAL.withDescription("was not released").asRuntimeException());
				return;
			}
			responseObserver.onNext(Pong.newBuilder().setText("released").build());
			responseObserver.onCompleted();
		}

		@PostMapping("/release")
		String release() {
			this.released.countDown();
			return "ok";
		}

	}

	/**
	 * Is the last step of a start, which takes as long as the test wants.
	 */
	@RestController
	static class Readiness implements ApplicationRunner {

		private final CountDownLatch ready = new CountDownLatch(1);

		@Override
		public void run(ApplicationArguments arguments) {
			awaited(this.ready);
		}

		@PostMapping("/ready")
		String ready() {
			this.ready.countDown();
			return "ok";
		}

	}

	@RestController
	static class Calls {

		private final EchoBlockingStub orders;

		private final PlainBlockingStub held;

		private final EchoBlockingStub stranger;

		Calls(EchoBlockingStub orders, PlainBlockingStub held, EchoBlockingStub stranger) {
			this.orders = orders;
			this.held = held;
			this.stranger = stranger;
		}

		@GetMapping("/call")
		String call() {
			return answer(() -> this.orders.unary(EchoClient.ping("x")));
		}

		@GetMapping("/hold")
		String hold() {
			return answer(() -> this.held.say(EchoClient.ping("x")));
		}

		@GetMapping("/stranger")
		String callAsStranger() {
			return answer(() -> this.stranger.unary(EchoClient.ping("x")));
		}

		private static String answer(Supplier<Pong> call) {
			try {
				return call.get().getText();
			}
			catch (StatusRuntimeException ex) {
				return ex.getStatus().getCode() + ": " + ex.getStatus().getDescription();
			}
		}

	}

	/**
	 * Keeps the spans of a process and shows those of calls.
	 */
	@RestController
	static class Spans {

		private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

		@Bean
		SpanProcessor spanProcessor() {
			return SimpleSpanProcessor.create(this.exporter);
		}

		@GetMapping("/spans")
		String spans() {
			List<String> lines = this.exporter.getFinishedSpanItems().stream().map(Spans::line).toList();
			return String.join("\n", lines);
		}

		private static String line(SpanData span) {
			return span.getTraceId() + " " + span.getKind() + " " + span.getName() + " " + span.getSpanId()
					+ " child of " + span.getParentSpanId();
		}

	}

}
