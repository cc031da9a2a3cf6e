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

import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.autoconfigure.RpcContextPropagationAutoConfiguration;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.RpcReference;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import io.rpcboot.testing.echo.ReactorEchoGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler of Reactor that goes on with another scheduler and calls from there.
 */
class ReactorContextTests {

	private static final Metadata.Key<String> GRPC_TIMEOUT = Metadata.Key.of("grpc-timeout",
			Metadata.ASCII_STRING_MARSHALLER);

	private final EchoServer c = EchoServer.start("c");

	/** What {@code spring.reactor.context-propagation=auto} does. */
	@BeforeEach
	void enable() {
		Hooks.enableAutomaticContextPropagation();
	}

	@AfterEach
	void close() {
		Hooks.disableAutomaticContextPropagation();
		this.c.close();
	}

	@Test
	void deadlineAndLaneGoOverSchedulers() {
		try (ConfigurableApplicationContext b = run(); EchoClient client = new EchoClient(RpcApplications.port(b))) {
			Metadata headers = new Metadata();
			headers.put(RpcMetadata.LANE, "blue");
			assertThat(client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping("x")).join().status())
				.isEqualTo(Status.OK);
			Metadata seen = this.c.nextHeaders();
			assertThat(seen.get(RpcMetadata.LANE)).isEqualTo("blue");
			String timeout = seen.get(GRPC_TIMEOUT);
			assertThat(timeout).endsWith("u");
			assertThat(Long.parseLong(timeout.substring(0, timeout.length() - 1))).isLessThan(10_000_000L);
		}
	}

	@Test
	void cancellationGoesOverSchedulers() {
		try (ConfigurableApplicationContext b = run(); EchoClient client = new EchoClient(RpcApplications.port(b))) {
			ClientCall<Ping, Pong> call = client.channel().newCall(EchoGrpc.getUnaryMethod(), CallOptions.DEFAULT);
			call.start(new ClientCall.Listener<>() {
			}, new Metadata());
			call.request(1);
			call.sendMessage(EchoClient.ping(EchoServer.HOLD));
			call.halfClose();
			this.c.awaitHeld();
			long began = System.nanoTime();
			call.cancel("test", null);
			assertThat(this.c.awaitHeldCancelled()).isTrue();
			assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)).isLessThan(5000);
		}
	}

	private ConfigurableApplicationContext run() {
		return RpcApplications.run(Relay.class, "spring.application.name=b", "rpc.registry.type=none",
				"rpc.client.defaults.timeout=60s", "rpc.client.references.next.addresses=127.0.0.1:" + this.c.port());
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(RpcContextPropagationAutoConfiguration.class)
	static class Relay {

		/**
		 * No operator cancels the call, and no interrupt: only the context does.
		 */
		@Bean
		@RpcService
		ReactorEchoGrpc.EchoImplBase relayService(@RpcReference("next") EchoGrpc.EchoStub next) {
			return new ReactorEchoGrpc.EchoImplBase() {
				@Override
				public Mono<Pong> unary(Mono<Ping> request) {
					return request.publishOn(Schedulers.boundedElastic())
						.flatMap((ping) -> Mono.<Pong>create((sink) -> next.unary(ping, new Answer(sink))))
						.contextCapture();
				}
			};
		}

	}

	private record Answer(MonoSink<Pong> sink) implements StreamObserver<Pong> {

		@Override
		public void onNext(Pong value) {
			this.sink.success(value);
		}

		@Override
		public void onError(Throwable ex) {
			this.sink.error(ex);
		}

		@Override
		public void onCompleted() {
			// The answer was there.
		}

	}

}
