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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import io.grpc.stub.StreamObserver;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;

/**
 * A closed loop of unary calls that take 0 to 40 ms each: as one ends, the next begins.
 */
final class EchoLoad {

	private final EchoGrpc.EchoStub echo;

	private final LongAdder calls = new LongAdder();

	private final Map<String, LongAdder> callsByServer = new ConcurrentHashMap<>();

	private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

	private final AtomicInteger running = new AtomicInteger();

	private volatile boolean stopped;

	EchoLoad(EchoGrpc.EchoStub echo) {
		this.echo = echo;
	}

	void start(int inFlight) {
		this.running.set(inFlight);
		for (int i = 0; i < inFlight; i++) {
			next();
		}
	}

	void stop() {
		this.stopped = true;
		Awaitility.await().until(() -> this.running.get() == 0);
	}

	long calls() {
		return this.calls.sum();
	}

	long calls(String server) {
		LongAdder count = this.callsByServer.get(server);
		return (count != null) ? count.sum() : 0;
	}

	Map<String, LongAdder> failures() {
		return this.failures;
	}

	private void next() {
		if (this.stopped) {
			this.running.decrementAndGet();
			return;
		}
		Ping ping = Ping.newBuilder().setText("load").setCount(ThreadLocalRandom.current().nextInt(41)).build();
		this.echo.unary(ping, new StreamObserver<>() {
			@Override
			public void onNext(Pong pong) {
				count(EchoLoad.this.callsByServer, pong.getServer());
			}

			@Override
			public void onError(Throwable ex) {
				count(EchoLoad.this.failures, ex.toString());
				onCompleted();
			}

			@Override
			public void onCompleted() {
				EchoLoad.this.calls.increment();
				next();
			}
		});
	}

	private static void count(Map<String, LongAdder> counts, String key) {
		counts.computeIfAbsent(key, (absent) -> new LongAdder()).increment();
	}

}
