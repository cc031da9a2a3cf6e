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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import io.grpc.Server;
import io.rpcboot.server.stream.StreamGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a server so that no call is lost: tells everybody that it leaves, serves on until
 * no new call has come for a while, leaves the registry, closes the listener, and lets
 * what runs finish. Each step is logged with the time it took. Blocks the thread that
 * calls {@link #run()} for the grace period at most.
 */
final class ServerDrain {

	private static final Logger logger = LoggerFactory.getLogger(ServerDrain.class);

	private static final long TICK_NANOS = Duration.ofMillis(20).toNanos();

	/**
	 * How long streams that nobody waits for, such as health watches, may take to end.
	 */
	private static final long LINGER_NANOS = Duration.ofSeconds(1).toNanos();

	private static final long FORCED_SECONDS = 2;

	/**
	 * The registry's own limit is 2 s; this one is for a registry that does not keep it.
	 */
	private static final long WITHDRAW_SECONDS = 3;

	private final RpcServerSettings.Shutdown settings;

	private final Server server;

	private final CallTracker calls;

	private final ServingHealth health;

	private final InstanceAnnouncer announcer;

	private final StreamGuard streams;

	private final Runnable refuseTraffic;

	private final long startedNanos;

	private final LongSupplier nanoTime;

	/** Calls that had begun before the drain; -1 until it begins. */
	private volatile long begunBefore = -1;

	/** Calls that had begun before the listener was closed; -1 until then. */
	private volatile long begunInTime = -1;

	private volatile long forced;

	ServerDrain(RpcServerSettings.Shutdown settings, RunningServer running, Runnable refuseTraffic, long startedNanos,
			LongSupplier nanoTime) {
		this.settings = settings;
		this.server = running.server();
		this.calls = running.calls();
		this.health = running.health();
		this.announcer = running.announcer();
		this.streams = running.streams();
		this.refuseTraffic = refuseTraffic;
		this.startedNanos = startedNanos;
		this.nanoTime = nanoTime;
	}

	void run() throws InterruptedException {
		this.begunBefore = this.calls.begun();
		// First, or a consumer that hears NOT_SERVING would get a reply without the mark
		// and take this instance for a broken one.
		step("1/7 replies carry rpc-drain", this.calls::beginDrain);
		step("2/7 readiness refused, health NOT_SERVING, instance DRAINING", this::announceLeaving);
		step("3/7 quiet: no new call", this::awaitQuiet);
		step("4/7 out of the registry", this::withdraw);
		this.begunInTime = this.calls.begun();
		step("5/7 listener closed, streams told", () -> {
			this.server.shutdown();
			this.streams.drain();
		});
		step("6/7 calls in flight finished", this::awaitCalls);
		this.forced = this.calls.inFlight();
		step("7/7 server closed", this::close);
		DrainStatistics drained = statistics();
		logger.info("Drained in {} ms: {} calls served while draining, {} of them late, {} cut off at the end",
				TimeUnit.NANOSECONDS.toMillis(this.nanoTime.getAsLong() - this.startedNanos), drained.served(),
				drained.late(), drained.forced());
	}

	/**
	 * Returns what has become of calls so far. From any thread.
	 */
	DrainStatistics statistics() {
		long begun = this.calls.begun();
		return new DrainStatistics(since(this.begunBefore, begun), since(this.begunInTime, begun), this.forced);
	}

	private static long since(long before, long begun) {
		return (before >= 0) ? Math.max(0, begun - before) : 0;
	}

	private void announceLeaving() {
		try {
			// Runs listeners of the application, which may throw.
			this.refuseTraffic.run();
		}
		finally {
			this.health.drain();
			this.announcer.drain();
		}
	}

	private void withdraw() throws InterruptedException {
		try {
			this.announcer.withdraw().get(WITHDRAW_SECONDS, TimeUnit.SECONDS);
		}
		catch (TimeoutException ex) {
			logger.warn("The registry did not confirm within {} s that the instance is gone", WITHDRAW_SECONDS);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("The registry failed to forget the instance", ex.getCause());
		}
	}

	private void awaitQuiet() throws InterruptedException {
		long quiet = this.settings.quietPeriod().toNanos();
		long end = System.nanoTime()
				+ Math.min(this.settings.quietPeriodMax().toNanos(), Math.max(0, remainingNanos()));
		while (this.calls.quietNanos() < quiet && System.nanoTime() < end) {
			pause(Math.min(quiet - this.calls.quietNanos(), end - System.nanoTime()));
		}
	}

	private void awaitCalls() throws InterruptedException {
		long idleSince = System.nanoTime();
		while ((!this.server.isTerminated() || this.calls.inFlight() > 0) && remainingNanos() > 0) {
			if (this.calls.inFlight() > 0) {
				idleSince = System.nanoTime();
			}
			else if (System.nanoTime() - idleSince > LINGER_NANOS) {
				return;
			}
			if (this.server.isTerminated()) {
				// A deduplicated call goes on without its connection.
				pause(Math.min(TICK_NANOS, remainingNanos()));
			}
			else {
				this.server.awaitTermination(Math.min(TICK_NANOS, remainingNanos()), TimeUnit.NANOSECONDS);
			}
		}
	}

	private void close() throws InterruptedException {
		this.server.shutdownNow();
		this.server.awaitTermination(FORCED_SECONDS, TimeUnit.SECONDS);
	}

	private long remainingNanos() {
		return this.settings.gracePeriod().toNanos() - (this.nanoTime.getAsLong() - this.startedNanos);
	}

	private static void pause(long nanos) throws InterruptedException {
		new CountDownLatch(1).await(nanos, TimeUnit.NANOSECONDS);
	}

	private static void step(String name, Step step) throws InterruptedException {
		long begin = System.nanoTime();
		try {
			step.run();
			logger.info("Drain {} ({} ms)", name, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
		}
		catch (RuntimeException | Error ex) {
			logger.error("Drain {} failed; going on with the next step", name, ex);
		}
	}

	private interface Step {

		void run() throws InterruptedException;

	}

}
