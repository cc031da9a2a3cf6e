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

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;

/**
 * Begins a unary call at a fixed rate, whether the calls before have ended or not, and
 * remembers how each ended. Callers that wait for their answers would call a slow server
 * less often, and not see how many calls it holds up.
 */
public final class PacedCalls implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final List<Supplier<EchoGrpc.EchoStub>> targets;

	private final Queue<Call> ended = new ConcurrentLinkedQueue<>();

	private final AtomicInteger inFlight = new AtomicInteger();

	private PacedCalls(List<Supplier<EchoGrpc.EchoStub>> targets) {
		this.targets = targets;
	}

	/**
	 * Begins to call.
	 * @param interval the time from one call of a target to the next
	 * @param targets make the stub of each call; every target is called each time
	 * @return the calls
	 */
	@SafeVarargs
	public static PacedCalls start(Duration interval, Supplier<EchoGrpc.EchoStub>... targets) {
		PacedCalls calls = new PacedCalls(List.of(targets));
		calls.timer.scheduleAtFixedRate(calls::callAll, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
		return calls;
	}

	/**
	 * Begins no other call, and waits for the end of those in flight.
	 * @return what has ended, in that order
	 */
	public List<Call> stop() {
		this.timer.shutdown();
		Awaitility.await().atMost(LIMIT).until(() -> this.timer.isTerminated() && this.inFlight.get() == 0);
		return ended();
	}

	/**
	 * Returns how many calls are in flight.
	 * @return the number
	 */
	public int inFlight() {
		return this.inFlight.get();
	}

	/**
	 * Returns what has ended so far.
	 * @return the calls, in the order of their ends
	 */
	public List<Call> ended() {
		return List.copyOf(this.ended);
	}

	/**
	 * Waits until a server has answered a call that was begun from now on.
	 * @param server the name of the server
	 */
	public void awaitAnswerOf(String server) {
		long now = System.nanoTime();
		Awaitility.await().atMost(LIMIT).until(() -> answersSince(now, server) > 0);
	}

	/**
	 * Counts answers of a server.
	 * @param nanos the {@link System#nanoTime()} from which on the calls were begun
	 * @param server the name of the server
	 * @return the number
	 */
	public long answersSince(long nanos, String server) {
		return this.ended.stream().filter((call) -> call.began() >= nanos && call.server().equals(server)).count();
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

	private void callAll() {
		for (int target = 0; target < this.targets.size(); target++) {
			Waiting waiting = new Waiting(target, System.nanoTime());
			this.inFlight.incrementAndGet();
			this.targets.get(target).get().unary(Ping.newBuilder().setText("paced").build(), waiting);
		}
	}

	/**
	 * A call that has ended.
	 *
	 * @param target the number of the target
	 * @param began when it began, by {@link System#nanoTime()}
	 * @param nanos how long it took
	 * @param server the name of the server that answered; empty if it failed
	 * @param code the status
	 */
	public record Call(int target, long began, long nanos, String server, Status.Code code) {

		/**
		 * Returns whether it was answered.
		 * @return whether the status is OK
		 */
		public boolean isAnswered() {
			return this.code == Status.Code.OK;
		}

	}

	private final class Waiting implements StreamObserver<Pong> {

		private final int target;

		private final long began;

		private String server = "";

		Waiting(int target, long began) {
			this.target = target;
			this.began = began;
		}

		@Override
		public void onNext(Pong pong) {
			this.server = pong.getServer();
		}

		@Override
		public void onError(Throwable ex) {
			end(Status.fromThrowable(ex).getCode());
		}

		@Override
		public void onCompleted() {
			end(Status.Code.OK);
		}

		private void end(Status.Code code) {
			PacedCalls.this.ended
				.add(new Call(this.target, this.began, System.nanoTime() - this.began, this.server, code));
			PacedCalls.this.inFlight.decrementAndGet();
		}

	}

}
