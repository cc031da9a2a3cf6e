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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.stub.StreamObserver;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A provider in a process of its own whose calls have an effect that cannot be taken
 * back: a line in a file for each execution, which outlives the process.
 */
@Configuration(proxyBeanMethods = false)
public class CountingProvider {

	public static void main(String[] properties) {
		RpcApplications.runInProcess(CountingProvider.class, properties);
	}

	@Bean
	@RpcService
	CountingService countingService(@Value("${counting.name}") String name, @Value("${counting.file}") Path file)
			throws IOException {
		return new CountingService(name, file);
	}

	/**
	 * Writes down each execution, takes as many milliseconds as the request says, and
	 * answers with what it has written.
	 */
	static final class CountingService extends EchoGrpc.EchoImplBase {

		private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "counting");
			thread.setDaemon(true);
			return thread;
		});

		private final AtomicLong executions = new AtomicLong();

		private final String name;

		private final FileChannel file;

		CountingService(String name, Path file) throws IOException {
			this.name = name;
			this.file = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			String effect = request.getText() + " " + this.name + " " + this.executions.incrementAndGet();
			try {
				// One write: lines of an append do not mix.
				this.file.write(ByteBuffer.wrap((effect + "\n").getBytes(StandardCharsets.UTF_8)));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			this.timer.schedule(() -> {
				responseObserver.onNext(Pong.newBuilder().setText(effect).setServer(this.name).build());
				responseObserver.onCompleted();
			}, request.getCount(), TimeUnit.MILLISECONDS);
		}

	}

}
