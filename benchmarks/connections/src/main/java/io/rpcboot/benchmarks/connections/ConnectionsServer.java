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

package io.rpcboot.benchmarks.connections;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.driver.BenchService;
import io.rpcboot.benchmarks.driver.Handler;
import io.rpcboot.benchmarks.v1.Message;
import io.rpcboot.server.NonBlocking;
import io.rpcboot.server.RpcService;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * An application that lets few calls at a time in on each connection.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(ConnectionsServer.LateService.class)
public class ConnectionsServer {

	static final int MAX_CONCURRENT = 100;

	/**
	 * Serves until the process that has started this one is gone.
	 * @param args the port
	 * @throws IOException does not happen
	 */
	public static void main(String[] args) throws IOException {
		ConfigurableApplicationContext context = SpringApplication.run(ConnectionsServer.class,
				"--spring.application.name=connections", "--rpc.registry.type=none", "--rpc.server.address=127.0.0.1",
				"--rpc.server.port=" + args[0], "--rpc.server.connection.max-concurrent-calls=" + MAX_CONCURRENT,
				"--rpc.server.shutdown.quiet-period=0s");
		System.in.transferTo(OutputStream.nullOutputStream());
		context.close();
	}

	/**
	 * Answers as late as it is told to, and blocks no thread meanwhile.
	 */
	@RpcService
	@NonBlocking
	static class LateService extends BenchService {

		private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "late");
			thread.setDaemon(true);
			return thread;
		});

		LateService() {
			super(new Handler());
		}

		@Override
		public void call(Message request, StreamObserver<Message> replies) {
			Message reply = request.toBuilder().clearSleepMillis().build();
			if (request.getSleepMillis() == 0) {
				answer(reply, replies);
			}
			else {
				this.timer.schedule(() -> answer(reply, replies), request.getSleepMillis(), TimeUnit.MILLISECONDS);
			}
		}

		private static void answer(Message reply, StreamObserver<Message> replies) {
			replies.onNext(reply);
			replies.onCompleted();
		}

	}

}
