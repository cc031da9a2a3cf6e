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

import java.time.Duration;

import io.grpc.StatusRuntimeException;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * References over real etcd: nobody registered, somebody, and etcd away.
 */
@EtcdTest
class RpcReferenceIT {

	private final EtcdServer etcd;

	RpcReferenceIT(EtcdServer etcd) {
		this.etcd = etcd;
	}

	@Test
	void whenNobodyIsRegisteredThenCallsSayWhatToCheckUntilSomebodyIs() {
		try (ConfigurableApplicationContext context = run(); EchoServer server = EchoServer.start("a")) {
			EchoGrpc.EchoBlockingStub echo = context.getBean(Consumer.class).echo;
			assertThat(failure(echo)).hasMessage("UNAVAILABLE: No instance of 'echo' is registered in etcd ["
					+ this.etcd.endpoint() + "] namespace 'default'. Check that it runs, its "
					+ "spring.application.name, and that both sides use this registry");
			Registration registration = context.getBean(ServiceRegistry.class).register(server.instance("1"));
			assertThat(call(echo.withWaitForReady())).isEqualTo("a");
			registration.deregister();
			Awaitility.await()
				.ignoreExceptionsInstanceOf(AssertionError.class)
				.until(() -> failure(echo).getMessage().contains("No instance of 'echo' is registered in etcd"));
		}
	}

	@Test
	void whenEtcdGoesAwayThenTheInstancesStay() {
		try (ConfigurableApplicationContext context = run(); EchoServer server = EchoServer.start("a")) {
			EchoGrpc.EchoBlockingStub echo = context.getBean(Consumer.class).echo;
			context.getBean(ServiceRegistry.class).register(server.instance("2"));
			assertThat(call(echo.withWaitForReady())).isEqualTo("a");
			this.etcd.kill();
			try {
				assertThat(call(echo)).isEqualTo("a");
			}
			finally {
				this.etcd.start();
			}
		}
	}

	@Test
	void whenEtcdIsAwayAtTheStartThenCallsSayWhatToCheck() {
		this.etcd.stop();
		try (ConfigurableApplicationContext context = run()) {
			assertThat(failure(context.getBean(Consumer.class).echo.withDeadlineAfter(Duration.ofSeconds(20))))
				.hasMessageStartingWith("UNAVAILABLE: The instances of 'echo' are not known: etcd ["
						+ this.etcd.endpoint() + "] namespace 'default': ")
				.hasMessageEndingWith(". Check that the registry runs and can be reached");
		}
		finally {
			this.etcd.start();
		}
	}

	private ConfigurableApplicationContext run() {
		return RpcApplications.run(Consumer.class, "spring.application.name=consumer",
				"rpc.registry.etcd.endpoints=" + this.etcd.endpoint());
	}

	private static String call(EchoGrpc.EchoBlockingStub echo) {
		return echo.unary(Ping.getDefaultInstance()).getServer();
	}

	private static StatusRuntimeException failure(EchoGrpc.EchoBlockingStub echo) {
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, () -> call(echo));
		assertThat(failure).as("failure of a call").isNotNull();
		return failure;
	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		@RpcReference("echo")
		private EchoGrpc.EchoBlockingStub echo;

	}

}
