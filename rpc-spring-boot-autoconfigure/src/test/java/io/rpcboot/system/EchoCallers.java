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

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

import io.grpc.StatusRuntimeException;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import org.awaitility.Awaitility;

/**
 * Four callers that call all the time, a few milliseconds after each answer, and remember
 * what failed.
 */
final class EchoCallers implements AutoCloseable {

	static final int CALLERS = 4;

	private static final int PAUSE_MILLIS = 5;

	private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(CALLERS);

	private final EchoGrpc.EchoBlockingStub echo;

	private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();

	private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();

	EchoCallers(EchoGrpc.EchoBlockingStub echo) {
		this.echo = echo;
	}

	void start() {
		for (int i = 0; i < CALLERS; i++) {
			this.threads.scheduleWithFixedDelay(this::call, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	/** Lets the calls in flight end, and begins no other. */
	void stop() {
		this.threads.shutdown();
		Awaitility.await().until(this.threads::isTerminated);
	}

	@Override
	public void close() {
		this.threads.shutdownNow();
	}

	/** Returns how many calls a server has answered. */
	long answers(String server) {
		LongAdder count = this.answers.get(server);
		return (count != null) ? count.sum() : 0;
	}

	long answers() {
		return this.answers.values().stream().mapToLong(LongAdder::sum).sum();
	}

	/** Returns all that failed so far. */
	List<Failure> failures() {
		return List.copyOf(this.failures);
	}

	/** Returns how many failed for each reason. */
	Map<String, Long> failureCounts() {
		return failures().stream().collect(Collectors.groupingBy(Failure::text, TreeMap::new, Collectors.counting()));
	}

	private void call() {
		long began = System.nanoTime();
		try {
			String server = this.echo.unary(Ping.newBuilder().setText("fault").build()).getServer();
			this.answers.computeIfAbsent(server, (absent) -> new LongAdder()).increment();
		}
		catch (StatusRuntimeException ex) {
			this.failures.add(new Failure(began, ex.getMessage()));
		}
	}

	/**
	 * A call that failed.
	 *
	 * @param beganNanos when it was begun, by {@link System#nanoTime()}
	 * @param text the status and its description
	 */
	record Failure(long beganNanos, String text) {

	}

}
