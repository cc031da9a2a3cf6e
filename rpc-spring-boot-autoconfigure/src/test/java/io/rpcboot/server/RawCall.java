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

package io.rpcboot.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;

/**
 * A call step by step, by a client that may break the protocol. It carries the header
 * that {@link RecordingInterceptor} looks for.
 */
final class RawCall extends ClientCall.Listener<Pong> {

	final CompletableFuture<Status> closed = new CompletableFuture<>();

	final List<String> texts = new CopyOnWriteArrayList<>();

	volatile Metadata trailers = new Metadata();

	private final ClientCall<Ping, Pong> call;

	private RawCall(ClientCall<Ping, Pong> call) {
		this.call = call;
	}

	/**
	 * Starts a call, and requests the answers.
	 */
	static RawCall start(EchoClient client, MethodDescriptor<Ping, Pong> method, int requested) {
		return start(client, method, requested, Duration.ofSeconds(30));
	}

	/**
	 * Starts a call with a deadline, and requests all answers.
	 */
	static RawCall start(EchoClient client, MethodDescriptor<Ping, Pong> method, Duration timeout) {
		return start(client, method, Integer.MAX_VALUE, timeout);
	}

	private static RawCall start(EchoClient client, MethodDescriptor<Ping, Pong> method, int requested,
			Duration timeout) {
		MethodDescriptor<Ping, Pong> raw = method.toBuilder().setType(MethodType.BIDI_STREAMING).build();
		RawCall call = new RawCall(client.channel()
			.newCall(raw, CallOptions.DEFAULT.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)));
		call.call.start(call, RecordingInterceptor.recorded());
		call.call.request(requested);
		return call;
	}

	static RawCall start(EchoClient client, MethodDescriptor<Ping, Pong> method) {
		return start(client, method, Integer.MAX_VALUE);
	}

	RawCall send(String text) {
		this.call.sendMessage(EchoClient.ping(text));
		return this;
	}

	RawCall halfClose() {
		this.call.halfClose();
		return this;
	}

	void cancel() {
		this.call.cancel("by the test", null);
	}

	void request(int messages) {
		this.call.request(messages);
	}

	boolean isReady() {
		return this.call.isReady();
	}

	Status status() {
		return this.closed.orTimeout(20, TimeUnit.SECONDS).join();
	}

	@Override
	public void onMessage(Pong message) {
		this.texts.add(message.getText());
	}

	@Override
	public void onClose(Status status, Metadata newTrailers) {
		this.trailers = newTrailers;
		this.closed.complete(status);
	}

}
