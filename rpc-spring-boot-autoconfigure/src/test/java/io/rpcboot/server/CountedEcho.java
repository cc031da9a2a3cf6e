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

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;

/**
 * A deduplicated unary method that counts its runs: the answer says which one it is. What
 * it does besides is said by the first word of the text.
 */
class CountedEcho extends EchoService {

	static final Metadata.Key<String> RUN = Metadata.Key.of("run", Metadata.ASCII_STRING_MARSHALLER);

	final List<String> runs = new CopyOnWriteArrayList<>();

	final List<Context> contexts = new CopyOnWriteArrayList<>();

	final List<String> cancelled = new CopyOnWriteArrayList<>();

	private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();

	CountedEcho() {
		super("counted");
	}

	@Override
	@Deduplicated
	public void unary(Ping request, StreamObserver<Pong> responseObserver) {
		this.runs.add(request.getText());
		this.contexts.add(Context.current());
		String text = request.getText();
		switch (text.split(" ")[0]) {
			case "wait" -> await(text);
			case "throw" -> throw new IllegalArgumentException("run " + this.runs.size());
			case "forward" -> {
				responseObserver.onError(Status.RESOURCE_EXHAUSTED.withDescription("run " + this.runs.size())
					.asRuntimeException(claims()));
				return;
			}
			case "never" -> {
				((ServerCallStreamObserver<Pong>) responseObserver).setOnCancelHandler(() -> this.cancelled.add(text));
				return;
			}
			default -> {
			}
		}
		responseObserver.onNext(Pong.newBuilder().setText(text).setServer("run " + this.runs.size()).build());
		responseObserver.onCompleted();
	}

	/**
	 * Waits until so many runs have begun.
	 */
	void awaitRuns(int count) {
		Awaitility.await().until(() -> this.runs.size() >= count);
	}

	void open(String text) {
		gate(text).countDown();
	}

	private void await(String text) {
		try {
			gate(text).await(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private CountDownLatch gate(String text) {
		return this.gates.computeIfAbsent(text, (unused) -> new CountDownLatch(1));
	}

	/** What a callee said of itself. */
	private Metadata claims() {
		Metadata trailers = new Metadata();
		trailers.put(RpcMetadata.NOT_EXECUTED, RpcMetadata.SET);
		trailers.put(RpcMetadata.DRAIN, RpcMetadata.SET);
		trailers.put(RpcMetadata.RETRY_PUSHBACK, "7");
		trailers.put(RUN, String.valueOf(this.runs.size()));
		return trailers;
	}

}
