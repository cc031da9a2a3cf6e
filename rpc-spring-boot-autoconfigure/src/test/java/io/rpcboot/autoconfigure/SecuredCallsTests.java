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

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.GlobalServerInterceptor;
import io.rpcboot.server.ServerInterceptorOrder;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * For whom the handlers and callbacks of authenticated calls run, over the wire.
 */
class SecuredCallsTests extends AbstractSecuredServerTests {

	@Test
	void whenAMethodIsGuardedThenItRunsForThoseWhoMayCallIt() {
		this.withJwts.withUserConfiguration(MethodSecurity.class)
			.withPropertyValues("rpc.server.authentication.open-methods=rpc.testing.Echo")
			.run((context) -> {
				try (EchoClient client = client(context)) {
					assertThat(stream(client, bearer("admin")).messages()).extracting(Pong::getText)
						.containsExactly("admin");
					Reply<Pong> denied = stream(client, bearer("bob"));
					assertThat(denied.code()).isEqualTo(Status.Code.PERMISSION_DENIED);
					assertThat(denied.status().getDescription()).isEqualTo("Access is denied");
					Reply<Pong> anonymous = stream(client, new Metadata());
					assertThat(anonymous.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
					assertThat(anonymous.status().getDescription()).isEqualTo("The call is not authenticated");
				}
			});
	}

	@Test
	void whenAGuardedServiceIsAProxyOfInterfacesThenTheServerDoesNotStart() {
		this.withJwts.withUserConfiguration(MethodSecurityOfInterfaces.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageStartingWith("The bean 'service' is a proxy of interfaces, so its advice ["));
	}

	@Test
	void whenUsersAreMixedOverStreamsThenEachCallbackRunsForItsOwnAndLeavesNothingBehind() {
		this.withJwts.withUserConfiguration(Observed.class)
			.withPropertyValues("rpc.server.executor.threads=3",
					"rpc.server.authentication.open-methods=rpc.testing.Echo")
			.run((context) -> {
				List<Stream> streams = new ArrayList<>();
				try (EchoClient client = client(context)) {
					for (int i = 0; i < 24; i++) {
						String user = (i % 4 != 0) ? "user-" + i : "nobody";
						streams.add(new Stream(client, user));
					}
					for (int round = 0; round < 50; round++) {
						streams.forEach(Stream::send);
					}
					streams.forEach(Stream::complete);
					for (Stream stream : streams) {
						List<String> texts = stream.texts();
						assertThat(texts).hasSize(51);
						assertThat(texts).containsOnly(stream.user);
					}
				}
				assertThat(context.getBean(Leftovers.class).found).isEmpty();
			});
	}

	@Test
	void whenAHandlerThrowsThenItsCallerIsClearedToo() {
		this.withJwts.withUserConfiguration(Observed.class)
			.withPropertyValues("rpc.server.executor.threads=1")
			.run((context) -> {
				try (EchoClient client = client(context)) {
					assertThat(client.call(EchoGrpc.getUnaryMethod(), bearer("alice"), EchoClient.ping("throw"))
						.join()
						.code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
					client.call(EchoGrpc.getUnaryMethod(), bearer("bob"), EchoClient.ping("x")).join();
				}
				assertThat(context.getBean(Leftovers.class).found).isEmpty();
			});
	}

	@Test
	void whenACallIsDeduplicatedThenItsHandlerRunsForItsCaller() {
		this.withJwts.withPropertyValues("rpc.server.deduplication.methods=rpc.testing.Echo/Unary")
			.run((context) -> assertThat(textOf(context, identified("alice"))).isEqualTo("alice"));
	}

	@Test
	void whenSomebodyElseSendsTheIdsOfADeduplicatedCallThenItGetsNobodysAnswer() {
		this.withJwts.withPropertyValues("rpc.server.deduplication.methods=rpc.testing.Echo/Unary").run((context) -> {
			assertThat(textOf(context, identified("alice"))).isEqualTo("alice");
			Reply<Pong> stranger = unary(context, identified("bob"));
			assertThat(stranger.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
			assertThat(stranger.messages()).isEmpty();
			assertThat(textOf(context, identified("alice"))).as("again, of the record").isEqualTo("alice");
		});
	}

	private static Reply<Pong> stream(EchoClient client, Metadata headers) {
		return client.call(EchoGrpc.getServerStreamMethod(), headers, EchoClient.ping("x")).join();
	}

	private static Metadata identified(String token) {
		Metadata headers = bearer(token);
		headers.put(RpcMetadata.CLIENT_ID, "client-1");
		headers.put(RpcMetadata.REQUEST_ID, "request-1");
		return headers;
	}

	/**
	 * A stream of one user.
	 */
	private static final class Stream implements StreamObserver<Pong> {

		private final String user;

		private final Queue<String> texts = new ConcurrentLinkedQueue<>();

		private final CompletableFuture<List<String>> end = new CompletableFuture<>();

		private final StreamObserver<Ping> requests;

		Stream(EchoClient client, String user) {
			this.user = user;
			EchoGrpc.EchoStub stub = EchoGrpc.newStub(client.channel());
			Metadata headers = user.equals("nobody") ? new Metadata() : bearer(user);
			this.requests = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)).bidi(this);
		}

		void send() {
			this.requests.onNext(EchoClient.ping("x"));
		}

		void complete() {
			this.requests.onCompleted();
		}

		List<String> texts() {
			return this.end.orTimeout(20, TimeUnit.SECONDS).join();
		}

		@Override
		public void onNext(Pong value) {
			this.texts.add(value.getText());
		}

		@Override
		public void onError(Throwable ex) {
			this.end.completeExceptionally(ex);
		}

		@Override
		public void onCompleted() {
			this.end.complete(List.copyOf(this.texts));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Observed {

		@Bean
		@GlobalServerInterceptor
		@Order(ServerInterceptorOrder.ADMISSION)
		Leftovers leftovers() {
			return new Leftovers();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity(proxyTargetClass = true)
	static class MethodSecurity {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity
	static class MethodSecurityOfInterfaces {

	}

	/**
	 * Looks at the thread before and after each callback of a call.
	 */
	static class Leftovers implements ServerInterceptor {

		private final Queue<String> found = new ConcurrentLinkedQueue<>();

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			look();
			ServerCall.Listener<Q> listener = next.startCall(call, headers);
			look();
			return new SimpleForwardingServerCallListener<>(listener) {
				@Override
				public void onMessage(Q message) {
					look();
					super.onMessage(message);
					look();
				}

				@Override
				public void onHalfClose() {
					look();
					super.onHalfClose();
					look();
				}

				@Override
				public void onComplete() {
					look();
					super.onComplete();
					look();
				}
			};
		}

		private void look() {
			String caller = SecuredEcho.user();
			if (!caller.equals("nobody")) {
				this.found.add(caller);
			}
		}

	}

}
