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

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import io.grpc.stub.StreamObserver;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server of ours at its limit, and a client of ours that knows another one.
 */
class RefusedCallsTests {

	private static final String LIMITS = "rpc.server.admission.services.[rpc.testing.Echo].";

	@Test
	void whenOneServerIsAtItsLimitThenItsCallsRunOnTheOtherOne() throws InterruptedException {
		try (ConfigurableApplicationContext full = RpcApplications.run(Server.class, "rpc.registry.type=none",
				"echo.name=full", LIMITS + "max-concurrent=1", LIMITS + "queue-capacity=0");
				ConfigurableApplicationContext free = RpcApplications.run(Server.class, "rpc.registry.type=none",
						"echo.name=free");
				EchoClient occupant = new EchoClient(RpcApplications.port(full));
				ConfigurableApplicationContext client = RpcApplications.run(Api.class, "rpc.registry.type=none",
						"rpc.client.defaults.load-balancing=round_robin",
						"rpc.client.references.[echo].addresses=127.0.0.1:" + RpcApplications.port(full) + ",127.0.0.1:"
								+ RpcApplications.port(free))) {
			StreamObserver<Ping> open = occupy(occupant);
			Api api = client.getBean(Api.class);
			// Nobody knows when both are connected, but refusals tell.
			Awaitility.await().untilAsserted(() -> {
				List<Pong> answers = IntStream.range(0, 10)
					.mapToObj((i) -> api.echo.unary(Ping.getDefaultInstance()))
					.toList();
				assertThat(answers).extracting(Pong::getServer).containsOnly("free");
				assertThat(api.channels.attempts("echo").retries()).isPositive();
			});
			assertThat(full.getBean(RpcServerLifecycle.class).admission().limits().get("rpc.testing.Echo").running())
				.isOne();
			open.onCompleted();
		}
	}

	/** A stream holds the one permit. */
	private static StreamObserver<Ping> occupy(EchoClient client) throws InterruptedException {
		CountDownLatch answered = new CountDownLatch(1);
		StreamObserver<Ping> open = client.bidi(new StreamObserver<>() {
			@Override
			public void onNext(Pong pong) {
				answered.countDown();
			}

			@Override
			public void onError(Throwable ex) {
				// The test finds that the limit is not reached.
			}

			@Override
			public void onCompleted() {
				// It was told to.
			}
		});
		open.onNext(Ping.getDefaultInstance());
		answered.await();
		return open;
	}

	@Configuration(proxyBeanMethods = false)
	static class Server {

		@Bean
		@RpcService
		EchoService echo(@Value("${echo.name}") String name) {
			return new EchoService(name);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Api {

		private final EchoBlockingStub echo;

		private final RpcChannels channels;

		Api(@RpcReference("echo") EchoBlockingStub echo, RpcChannels channels) {
			this.echo = echo;
			this.channels = channels;
		}

	}

}
