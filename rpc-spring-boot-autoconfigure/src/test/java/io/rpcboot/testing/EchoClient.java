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

package io.rpcboot.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;

/**
 * A plain gRPC client of one server on this machine, which sees all that comes over the
 * wire.
 */
public final class EchoClient implements AutoCloseable {

	private static final long LIMIT_SECONDS = 10;

	private final ManagedChannel channel;

	public EchoClient(int port) {
		this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
	}

	/**
	 * Returns the one connection to the server.
	 * @return the channel
	 */
	public ManagedChannel channel() {
		return this.channel;
	}

	/**
	 * Makes a unary call and waits for its end.
	 * @param text what to send
	 * @return what came back
	 */
	public Reply<Pong> unary(String text) {
		return call(EchoGrpc.getUnaryMethod(), ping(text)).join();
	}

	/**
	 * Begins a unary call.
	 * @param text what to send
	 * @return what comes back; never completes exceptionally
	 */
	public CompletableFuture<Reply<Pong>> unaryAsync(String text) {
		return call(EchoGrpc.getUnaryMethod(), ping(text));
	}

	/**
	 * Begins a call that stays open until its request observer is completed.
	 * @param responses receives the answers
	 * @return the request observer
	 */
	public StreamObserver<Ping> bidi(StreamObserver<Pong> responses) {
		return EchoGrpc.newStub(this.channel).bidi(responses);
	}

	/**
	 * Sends messages, closes the request side, and collects what comes back.
	 * @param <Q> the type of requests
	 * @param <A> the type of answers
	 * @param method what to call
	 * @param requests what to send
	 * @return what comes back; never completes exceptionally
	 */
	@SafeVarargs
	public final <Q, A> CompletableFuture<Reply<A>> call(MethodDescriptor<Q, A> method, Q... requests) {
		return call(method, new Metadata(), requests);
	}

	/**
	 * Sends headers and messages, closes the request side, and collects what comes back.
	 * @param <Q> the type of requests
	 * @param <A> the type of answers
	 * @param method what to call
	 * @param headers the request's headers
	 * @param requests what to send
	 * @return what comes back; never completes exceptionally
	 */
	@SafeVarargs
	public final <Q, A> CompletableFuture<Reply<A>> call(MethodDescriptor<Q, A> method, Metadata headers,
			Q... requests) {
		CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS);
		ClientCall<Q, A> call = this.channel.newCall(method, options);
		Collector<A> collector = new Collector<>();
		call.start(collector, headers);
		call.request(Integer.MAX_VALUE);
		for (Q request : requests) {
			call.sendMessage(request);
		}
		call.halfClose();
		return collector.reply;
	}

	/**
	 * Asks for the health of a service.
	 * @param service its full name, or {@code ""} for the server
	 * @return the status
	 */
	public ServingStatus health(String service) {
		return HealthGrpc.newBlockingStub(this.channel)
			.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
			.check(HealthCheckRequest.newBuilder().setService(service).build())
			.getStatus();
	}

	/**
	 * Watches the health of a service, and never ends the stream.
	 * @param service its full name, or {@code ""} for the server
	 * @param statuses receives each status
	 */
	public void watchHealth(String service, List<ServingStatus> statuses) {
		HealthGrpc.newStub(this.channel)
			.watch(HealthCheckRequest.newBuilder().setService(service).build(), new StreamObserver<>() {
				@Override
				public void onNext(HealthCheckResponse value) {
					statuses.add(value.getStatus());
				}

				@Override
				public void onError(Throwable ex) {
					// The server is gone.
				}

				@Override
				public void onCompleted() {
					// The server is gone.
				}
			});
	}

	/**
	 * Makes a request.
	 * @param text what it says
	 * @return the request
	 */
	public static Ping ping(String text) {
		return Ping.newBuilder().setText(text).build();
	}

	@Override
	public void close() {
		this.channel.shutdownNow();
	}

	/**
	 * What a call brought.
	 *
	 * @param <A> the type of answers
	 * @param status its status as the client sees it
	 * @param headers the headers; empty where the server sent trailers only
	 * @param trailers the trailers
	 * @param messages the answers
	 */
	public record Reply<A>(Status status, Metadata headers, Metadata trailers, List<A> messages) {

		/**
		 * Returns the code of the status.
		 * @return the code
		 */
		public Status.Code code() {
			return this.status.getCode();
		}

	}

	private static final class Collector<A> extends ClientCall.Listener<A> {

		private final CompletableFuture<Reply<A>> reply = new CompletableFuture<>();

		private final List<A> messages = new ArrayList<>();

		private Metadata headers = new Metadata();

		@Override
		public void onHeaders(Metadata received) {
			this.headers = received;
		}

		@Override
		public void onMessage(A message) {
			this.messages.add(message);
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			this.reply.complete(new Reply<>(status, this.headers, trailers, List.copyOf(this.messages)));
		}

	}

}
