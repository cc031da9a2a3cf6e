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

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.grpc.stub.StreamObserver;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;

/**
 * Blocks unary calls of the text {@value #WAIT} until it is opened.
 */
final class GatedEchoService extends EchoService {

	static final String WAIT = "wait";

	private static final long LIMIT_SECONDS = 20;

	private final CountDownLatch gate = new CountDownLatch(1);

	private final Semaphore entered = new Semaphore(0);

	GatedEchoService() {
		super("gated");
	}

	@Override
	public void unary(Ping request, StreamObserver<Pong> responseObserver) {
		this.entered.release();
		if (WAIT.equals(request.getText())) {
			awaitGate();
		}
		super.unary(request, responseObserver);
	}

	/**
	 * Waits until handlers have begun.
	 */
	void awaitEntered(int calls) throws InterruptedException {
		if (!this.entered.tryAcquire(calls, LIMIT_SECONDS, TimeUnit.SECONDS)) {
			throw new IllegalStateException("Only " + this.entered.availablePermits() + " calls came");
		}
	}

	/**
	 * Returns how many calls began that {@link #awaitEntered} did not wait for.
	 */
	int entered() {
		return this.entered.availablePermits();
	}

	void open() {
		this.gate.countDown();
	}

	private void awaitGate() {
		try {
			this.gate.await(LIMIT_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
