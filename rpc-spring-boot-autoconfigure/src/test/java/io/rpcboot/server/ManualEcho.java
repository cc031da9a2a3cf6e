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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;

/**
 * A stream whose messages the test requests.
 */
class ManualEcho extends EchoService {

	final List<String> events = new CopyOnWriteArrayList<>();

	final AtomicInteger unrequested = new AtomicInteger();

	final AtomicReference<ServerCallStreamObserver<Pong>> observer = new AtomicReference<>();

	private final AtomicInteger requested = new AtomicInteger();

	private final AtomicInteger received = new AtomicInteger();

	ManualEcho() {
		super("manual");
	}

	void request(int messages) {
		this.requested.addAndGet(messages);
		this.observer.get().request(messages);
	}

	/**
	 * Runs on the thread of each message.
	 */
	void onMessage(String text) {
	}

	@Override
	public StreamObserver<Ping> bidi(StreamObserver<Pong> responseObserver) {
		ServerCallStreamObserver<Pong> responses = (ServerCallStreamObserver<Pong>) responseObserver;
		responses.disableAutoRequest();
		responses.setOnCancelHandler(() -> this.events.add("cancel"));
		this.observer.set(responses);
		return new StreamObserver<>() {
			@Override
			public void onNext(Ping value) {
				if (ManualEcho.this.received.incrementAndGet() > ManualEcho.this.requested.get()) {
					ManualEcho.this.unrequested.incrementAndGet();
				}
				ManualEcho.this.events.add(value.getText());
				onMessage(value.getText());
			}

			@Override
			public void onError(Throwable ex) {
				// The cancel handler was told.
			}

			@Override
			public void onCompleted() {
				ManualEcho.this.events.add("end");
				responses.onCompleted();
			}
		};
	}

}
