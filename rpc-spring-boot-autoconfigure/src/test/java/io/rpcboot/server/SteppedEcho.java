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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;

/**
 * A service of which each request says how its call ends.
 */
final class SteppedEcho extends EchoService {

	static final String WAIT = "wait";

	static final String ERROR = "error";

	static final String THROW = "throw";

	static final String SILENT = "silent";

	final List<String> entered = new CopyOnWriteArrayList<>();

	private final Semaphore gate = new Semaphore(0);

	SteppedEcho() {
		super("stepped");
	}

	/**
	 * Lets calls go on that wait.
	 */
	void open(int calls) {
		this.gate.release(calls);
	}

	@Override
	public void unary(Ping request, StreamObserver<Pong> responseObserver) {
		if (begin(request, responseObserver)) {
			super.unary(request, responseObserver);
		}
	}

	@Override
	public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
		if (begin(request, responseObserver)) {
			super.serverStream(request, responseObserver);
		}
	}

	@Override
	public StreamObserver<Ping> bidi(StreamObserver<Pong> responseObserver) {
		this.entered.add("bidi");
		StreamObserver<Ping> echo = super.bidi(responseObserver);
		return new StreamObserver<>() {
			@Override
			public void onNext(Ping value) {
				if (begin(value, responseObserver)) {
					echo.onNext(value);
				}
			}

			@Override
			public void onError(Throwable ex) {
				echo.onError(ex);
			}

			@Override
			public void onCompleted() {
				echo.onCompleted();
			}
		};
	}

	private boolean begin(Ping request, StreamObserver<Pong> responseObserver) {
		this.entered.add(request.getText());
		switch (request.getText()) {
			case WAIT -> await();
			case ERROR -> responseObserver.onError(Status.NOT_FOUND.asRuntimeException());
			case THROW -> throw new IllegalStateException("thrown by the test");
			default -> {
				// It answers, or does not.
			}
		}
		return !List.of(ERROR, SILENT).contains(request.getText());
	}

	private void await() {
		try {
			if (!this.gate.tryAcquire(20, TimeUnit.SECONDS)) {
				throw new IllegalStateException("The gate was not opened");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
