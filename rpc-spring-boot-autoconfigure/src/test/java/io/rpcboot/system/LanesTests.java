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

import java.util.Iterator;
import java.util.List;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.RpcCallOptions;
import io.rpcboot.client.RpcReference;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lane and tenant over three applications, A, B and C, each of which calls the next in
 * its handler.
 */
class LanesTests {

	@ParameterizedTest
	@ValueSource(strings = { "one-hop", "grpc" })
	void laneAndTenantReachTheLast(String dispatch) {
		try (ConfigurableApplicationContext c = RpcApplications.run(Last.class, "spring.application.name=c",
				"rpc.registry.type=none", "rpc.server.dispatch=" + dispatch);
				ConfigurableApplicationContext b = relay("b", c, dispatch);
				ConfigurableApplicationContext a = relay("a", b, dispatch);
				EchoClient client = new EchoClient(RpcApplications.port(a))) {
			Metadata headers = new Metadata();
			headers.put(RpcMetadata.LANE, "blue");
			headers.put(RpcMetadata.TENANT, "acme");
			for (MethodDescriptor<Ping, Pong> method : List.of(EchoGrpc.getUnaryMethod(),
					EchoGrpc.getServerStreamMethod(), EchoGrpc.getClientStreamMethod(), EchoGrpc.getBidiMethod())) {
				assertThat(text(client, method, headers)).as(method.getFullMethodName()).isEqualTo("blue/acme");
				assertThat(text(client, method, new Metadata())).as(method.getFullMethodName()).isEqualTo("null/null");
			}
		}
	}

	@Test
	void laneBeginsInAContextOrWithACallNotWithTheCallersOwnInstance() throws Exception {
		try (ConfigurableApplicationContext c = RpcApplications.run(Last.class, "spring.application.name=c",
				"rpc.registry.type=none");
				ConfigurableApplicationContext edge = RpcApplications.run(Edge.class, "spring.application.name=edge",
						"rpc.registry.type=none", "rpc.registry.instance.tags.lane=green", next(c))) {
			EchoGrpc.EchoBlockingStub stub = edge.getBean(Caller.class).next();
			assertThat(text(stub)).isEqualTo("null/null");
			assertThat(Context.current().withValue(CallContext.LANE, "blue").call(() -> text(stub)))
				.isEqualTo("blue/null");
			assertThat(text(stub.withOption(RpcCallOptions.TENANT, "acme"))).isEqualTo("null/acme");
			assertThat(Context.current()
				.withValue(CallContext.LANE, "blue")
				.call(() -> text(stub.withOption(RpcCallOptions.LANE, "")))).isEqualTo("null/null");
			assertThat(CallOptions.DEFAULT.getOption(RpcCallOptions.LANE)).isNull();
		}
	}

	private static ConfigurableApplicationContext relay(String name, ConfigurableApplicationContext next,
			String dispatch) {
		return RpcApplications.run(Relay.class, "spring.application.name=" + name, "rpc.registry.type=none",
				"rpc.server.dispatch=" + dispatch, next(next));
	}

	private static String next(ConfigurableApplicationContext next) {
		return "rpc.client.references.next.addresses=127.0.0.1:" + RpcApplications.port(next);
	}

	private static String text(EchoGrpc.EchoBlockingStub stub) {
		return stub.unary(Ping.getDefaultInstance()).getText();
	}

	private static String text(EchoClient client, MethodDescriptor<Ping, Pong> method, Metadata headers) {
		Metadata copy = new Metadata();
		copy.merge(headers);
		Reply<Pong> reply = client.call(method, copy, Ping.newBuilder().setCount(1).build()).join();
		assertThat(reply.status()).isEqualTo(Status.OK);
		return reply.messages().get(0).getText();
	}

	@Configuration(proxyBeanMethods = false)
	static class Last {

		@Bean
		@RpcService
		EchoService lastService() {
			return new EchoService("c") {
				@Override
				public void unary(Ping request, StreamObserver<Pong> responseObserver) {
					responseObserver.onNext(pong(CallContext.LANE.get() + "/" + CallContext.TENANT.get()));
					responseObserver.onCompleted();
				}

				@Override
				public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
					unary(request, responseObserver);
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Relay {

		@Bean
		@RpcService
		RelayService relayService(@RpcReference("next") EchoGrpc.EchoBlockingStub next) {
			return new RelayService(next);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Edge {

		@Bean
		Caller caller(@RpcReference("next") EchoGrpc.EchoBlockingStub next) {
			return new Caller(next);
		}

	}

	record Caller(EchoGrpc.EchoBlockingStub next) {

	}

	/**
	 * Calls the next one in each event of a handler, on the thread of the event.
	 */
	static class RelayService extends EchoGrpc.EchoImplBase {

		private final EchoGrpc.EchoBlockingStub next;

		RelayService(EchoGrpc.EchoBlockingStub next) {
			this.next = next;
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			responseObserver.onNext(this.next.unary(request));
			responseObserver.onCompleted();
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
			Iterator<Pong> answers = this.next.serverStream(request);
			answers.forEachRemaining(responseObserver::onNext);
			responseObserver.onCompleted();
		}

		@Override
		public StreamObserver<Ping> clientStream(StreamObserver<Pong> responseObserver) {
			return new StreamObserver<>() {
				@Override
				public void onNext(Ping value) {
					// The call is made at the end.
				}

				@Override
				public void onError(Throwable ex) {
					// The caller is gone.
				}

				@Override
				public void onCompleted() {
					responseObserver.onNext(RelayService.this.next.unary(Ping.getDefaultInstance()));
					responseObserver.onCompleted();
				}
			};
		}

		@Override
		public StreamObserver<Ping> bidi(StreamObserver<Pong> responseObserver) {
			return new StreamObserver<>() {
				@Override
				public void onNext(Ping value) {
					responseObserver.onNext(RelayService.this.next.unary(value));
				}

				@Override
				public void onError(Throwable ex) {
					// The caller is gone.
				}

				@Override
				public void onCompleted() {
					responseObserver.onCompleted();
				}
			};
		}

	}

}
