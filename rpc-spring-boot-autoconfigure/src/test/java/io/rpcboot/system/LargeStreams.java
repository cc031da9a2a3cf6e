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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A process that is server and client at once, and sends messages of 64 kB through a
 * stream whose reader is the slower side.
 */
@Configuration(proxyBeanMethods = false)
public class LargeStreams {

	/** The handler sends in a loop. */
	static final String DOWN_IN_A_LOOP = "down-in-a-loop";

	/** The handler sends while the transport is ready. */
	static final String DOWN_WHILE_READY = "down-while-ready";

	/** The client sends while the transport is ready. */
	static final String UP_WHILE_READY = "up-while-ready";

	static final String DONE = "bytes arrived: ";

	private static final int SIZE = 64 * 1024;

	private static final String TEXT = "x".repeat(SIZE);

	private static final Pong PONG = Pong.newBuilder().setText(TEXT).build();

	private static final Ping PING = Ping.newBuilder().setText(TEXT).build();

	/**
	 * Sends the messages, and prints how much has arrived.
	 * @param arguments the way, the number of messages, and properties of the server
	 */
	public static void main(String[] arguments) throws Exception {
		int messages = Integer.parseInt(arguments[1]);
		String[] properties = new String[arguments.length - 1];
		properties[0] = "rpc.registry.type=none";
		System.arraycopy(arguments, 2, properties, 1, arguments.length - 2);
		try (ConfigurableApplicationContext application = RpcApplications.run(LargeStreams.class, properties)) {
			ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", RpcApplications.port(application))
				.usePlaintext()
				.build();
			long bytes = arguments[0].equals(UP_WHILE_READY) ? up(channel, messages)
					: down(channel, arguments[0], messages);
			System.out.println(DONE + bytes);
			channel.shutdownNow();
		}
	}

	private static long down(ManagedChannel channel, String way, int messages) throws Exception {
		SlowReader<Pong> reader = new SlowReader<>();
		EchoGrpc.newStub(channel).serverStream(Ping.newBuilder().setText(way).setCount(messages).build(), reader);
		reader.end.get(10, TimeUnit.MINUTES);
		return reader.messages.get() * SIZE;
	}

	private static long up(ManagedChannel channel, int messages) throws Exception {
		CompletableFuture<String> answer = new CompletableFuture<>();
		EchoGrpc.newStub(channel).clientStream(new ReadyWriter(messages, answer));
		return Long.parseLong(answer.get(10, TimeUnit.MINUTES)) * SIZE;
	}

	@Bean
	@RpcService
	EchoService largeEcho() {
		return new LargeEcho();
	}

	private static final class LargeEcho extends EchoService {

		LargeEcho() {
			super("large");
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> responses) {
			if (request.getText().equals(DOWN_IN_A_LOOP)) {
				for (int i = 0; i < request.getCount(); i++) {
					responses.onNext(PONG);
				}
				responses.onCompleted();
				return;
			}
			ServerCallStreamObserver<Pong> observer = (ServerCallStreamObserver<Pong>) responses;
			AtomicLong left = new AtomicLong(request.getCount());
			observer.setOnReadyHandler(() -> {
				while (observer.isReady() && left.get() > 0) {
					observer.onNext(PONG);
					if (left.decrementAndGet() == 0) {
						observer.onCompleted();
					}
				}
			});
		}

		@Override
		public StreamObserver<Ping> clientStream(StreamObserver<Pong> responses) {
			SlowReader<Ping> reader = new SlowReader<>();
			reader.end.thenRun(() -> {
				responses.onNext(pong(String.valueOf(reader.messages.get())));
				responses.onCompleted();
			});
			return reader;
		}

	}

	/**
	 * Takes a rest now and then, in which its writer could send hundreds of megabytes.
	 *
	 * @param <M> the type of messages
	 */
	private static final class SlowReader<M> implements StreamObserver<M> {

		private static final int REST_EVERY = 1024;

		private final AtomicLong messages = new AtomicLong();

		private final CompletableFuture<Void> end = new CompletableFuture<>();

		@Override
		public void onNext(M value) {
			if (this.messages.incrementAndGet() % REST_EVERY == 0) {
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
			}
		}

		@Override
		public void onError(Throwable ex) {
			this.end.completeExceptionally(ex);
		}

		@Override
		public void onCompleted() {
			this.end.complete(null);
		}

	}

	private static final class ReadyWriter implements ClientResponseObserver<Ping, Pong> {

		private final AtomicLong left;

		private final CompletableFuture<String> answer;

		ReadyWriter(int messages, CompletableFuture<String> answer) {
			this.left = new AtomicLong(messages);
			this.answer = answer;
		}

		@Override
		public void beforeStart(ClientCallStreamObserver<Ping> requests) {
			requests.setOnReadyHandler(() -> {
				while (requests.isReady() && this.left.get() > 0) {
					requests.onNext(PING);
					if (this.left.decrementAndGet() == 0) {
						requests.onCompleted();
					}
				}
			});
		}

		@Override
		public void onNext(Pong value) {
			this.answer.complete(value.getText());
		}

		@Override
		public void onError(Throwable ex) {
			this.answer.completeExceptionally(ex);
		}

		@Override
		public void onCompleted() {
			// The answer says it all.
		}

	}

}
