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

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Connecting to an address that does not answer: a port of this machine whose queue of
 * connections is full, so that the kernel drops what would begin another one.
 */
class ConnectTimeoutTests {

	private final List<Socket> queue = new ArrayList<>();

	private ServerSocket silent;

	private ApplicationContextRunner runner;

	@BeforeEach
	void fill() throws IOException {
		this.silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
		boolean full = false;
		while (!full) {
			Socket socket = new Socket();
			this.queue.add(socket);
			try {
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.silent.getLocalPort()),
						300);
			}
			catch (SocketTimeoutException ex) {
				full = true;
			}
			assertThat(this.queue).hasSizeLessThan(100);
		}
		this.runner = new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class))
			.withUserConfiguration(Consumer.class)
			.withPropertyValues("rpc.registry.type=none", "rpc.client.defaults.timeout=30s",
					"rpc.client.references[echo].addresses=127.0.0.1:" + this.silent.getLocalPort());
	}

	@AfterEach
	void close() throws IOException {
		for (Socket socket : this.queue) {
			socket.close();
		}
		this.silent.close();
	}

	@ParameterizedTest
	@CsvSource({ "rpc.client.defaults.connect-timeout=300ms, 300",
			"rpc.client.references[echo].connect-timeout=10ms, 10" })
	void callFailsWhenConnectingTakesTooLong(String property, long millis) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertTimesOut(context.getBean(Consumer.class), millis));
	}

	@Test
	void isTwoSecondsByDefault() {
		this.runner.run((context) -> assertTimesOut(context.getBean(Consumer.class), 2000));
	}

	private static void assertTimesOut(Consumer consumer, long millis) {
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class,
				() -> consumer.echo.unary(Ping.getDefaultInstance()));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(failure.getStatus().getDescription()).contains("connection timed out after " + millis + " ms");
	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		private final EchoGrpc.EchoBlockingStub echo;

		Consumer(@RpcReference("echo") EchoGrpc.EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

}
