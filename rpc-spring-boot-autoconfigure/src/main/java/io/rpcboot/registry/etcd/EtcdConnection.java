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

package io.rpcboot.registry.etcd;

import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

import io.etcd.jetcd.Client;
import io.grpc.Status;
import io.rpcboot.registry.RegistryEvents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one etcd client of a registry, and the one thread on which everything that watches
 * or registers through it runs: state is confined to that thread, so none of it is
 * locked.
 * <p>
 * Every request has a deadline, and a client talks to one member. Where the connection
 * fails, or one member of several does not answer any more, the client is thrown away and
 * one for the next member is built: requests spread over all members would meet a frozen
 * one every so often, and a watch on it would be silent. Where there is one member only,
 * an answer that is late costs the client when none has come for three seconds. Throwing
 * it away also sheds the reconnect back-off of its channel, which jetcd hides, and which
 * grows to two minutes.
 */
final class EtcdConnection implements Closeable {

	private static final Logger logger = LoggerFactory.getLogger(EtcdConnection.class);

	private static final long STALE_NANOS = Duration.ofSeconds(3).toNanos();

	/** A little later than the deadline, whose failure says more than a time-out does. */
	private static final long GRACE_MILLIS = 250;

	private final EtcdSettings settings;

	/** At most a third of the TTL: one request must not cost the lease. */
	private final long timeoutNanos;

	private final OutageLog outage;

	private final RegistryEvents events;

	/** The member that the client talks to, or the next one will. */
	private int member;

	private final ScheduledThreadPoolExecutor loop;

	/** What ends each request that waits for its answer. */
	private final Set<Consumer<Throwable>> inFlight = new HashSet<>();

	/** Clients that were replaced, and still answer what they were asked. */
	private final List<EtcdClient> retired = new ArrayList<>();

	private final SummaryBatch summaries;

	private final WatchPace watches;

	private final RegistryLiveness liveness;

	private @Nullable EtcdClient client;

	/** Whether the client has had any answer. */
	private boolean answered;

	private boolean closed;

	EtcdConnection(EtcdSettings settings, RandomGenerator random) {
		this(settings, random, new RegistryEvents());
	}

	EtcdConnection(EtcdSettings settings, RandomGenerator random, RegistryEvents events) {
		this.settings = settings;
		this.events = events;
		this.timeoutNanos = Math.min(settings.requestTimeout().toNanos(), settings.leaseTtl().toNanos() / 3);
		// Not the first one named: a fleet would put all its watches on that.
		this.member = random.nextInt(settings.endpoints().size());
		this.outage = new OutageLog(settings, System::nanoTime, events);
		this.summaries = new SummaryBatch(this);
		this.watches = new WatchPace(settings.leaseTtl(), this::schedule);
		this.liveness = new RegistryLiveness(settings.leaseTtl().toNanos(), System::nanoTime);
		this.loop = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "rpc-etcd");
			thread.setDaemon(true);
			return thread;
		}, new ThreadPoolExecutor.DiscardPolicy());
		this.loop.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		this.loop.setRemoveOnCancelPolicy(true);
	}

	/**
	 * Runs a task on the thread of this connection; after {@link #close()} it is dropped.
	 */
	void execute(Runnable task) {
		this.loop.execute(() -> runLogged(task));
	}

	ScheduledFuture<?> schedule(Runnable task, long delayMillis) {
		return this.loop.schedule(() -> runLogged(task), delayMillis, TimeUnit.MILLISECONDS);
	}

	/**
	 * Connects, on the thread of this connection, before there is anything to ask. What
	 * fails is left to the first request, which meets it again.
	 */
	void prepare() {
		execute(() -> {
			try {
				client().connect();
			}
			catch (RuntimeException | LinkageError ex) {
				logger.debug("{}: not connected yet", this.settings, ex);
			}
		});
	}

	/**
	 * Sends a request. Must be called on, and completes on, the thread of this
	 * connection.
	 * @param <T> the type of the answer
	 * @param request the request
	 * @return the answer, or its failure unwrapped
	 */
	<T> CompletableFuture<T> call(Function<Client, CompletableFuture<T>> request) {
		CompletableFuture<T> result = new CompletableFuture<>();
		long started = System.nanoTime();
		CompletableFuture<T> sent = send(request);
		EtcdClient used = this.client;
		Consumer<Throwable> end = sent::completeExceptionally;
		this.inFlight.add(end);
		sent.orTimeout(TimeUnit.NANOSECONDS.toMillis(this.timeoutNanos) + GRACE_MILLIS, TimeUnit.MILLISECONDS)
			.whenComplete((answer, failure) -> execute(() -> {
				this.inFlight.remove(end);
				if (failure == null) {
					this.answered = true;
					this.outage.answered();
					this.liveness.answered();
					result.complete(answer);
				}
				else {
					Throwable reason = EtcdErrors.unwrap(failure);
					reason = this.answered ? reason : ConnectFailure.beforeAnyAnswer(reason, this.settings.isTls());
					failed(reason, started, used);
					result.completeExceptionally(reason);
				}
			}));
		return result;
	}

	EtcdClient client() {
		EtcdClient current = this.client;
		if (current == null) {
			current = EtcdClient.open(this.settings, this.settings.endpoints().get(this.member), this.timeoutNanos,
					this.loop);
			this.client = current;
			this.answered = false;
		}
		return current;
	}

	/**
	 * Notes that a stream was not answered, which no deadline of a request tells.
	 * @param used the client of the stream
	 * @param askedNanos since when an answer is due
	 */
	void silent(EtcdClient used, long askedNanos) {
		failed(Status.DEADLINE_EXCEEDED.withDescription("no answer to a watch").asRuntimeException(), askedNanos, used);
	}

	/**
	 * Uses a new client for what is asked from now on. The present one answers what it
	 * was asked and is closed then, on which its watches move to the new one.
	 */
	void reconnect() {
		execute(() -> {
			EtcdClient old = this.client;
			this.client = null;
			if (old != null) {
				logger.info("{}: connecting anew", this.settings);
				this.events.add(this.settings + ": connecting anew");
				this.retired.add(old);
				schedule(() -> {
					this.retired.remove(old);
					old.close();
				}, this.settings.requestTimeout().toMillis() + 2 * GRACE_MILLIS);
			}
		});
	}

	EtcdSettings settings() {
		return this.settings;
	}

	/**
	 * Returns what compares the ranges of all watches.
	 */
	SummaryBatch summaries() {
		return this.summaries;
	}

	/**
	 * Returns what asks watches for their progress.
	 */
	WatchPace watches() {
		return this.watches;
	}

	/**
	 * Returns when etcd was heard of.
	 */
	RegistryLiveness liveness() {
		return this.liveness;
	}

	RegistryEvents events() {
		return this.events;
	}

	/**
	 * Returns where trouble is told.
	 * @return the log of this connection
	 */
	OutageLog outage() {
		return this.outage;
	}

	/**
	 * Closes the client; what still waits for an answer is dropped.
	 */
	@Override
	public void close() {
		execute(() -> {
			// From here on no task runs that could open another client.
			this.closed = true;
			try {
				this.retired.forEach(EtcdClient::close);
				dropClient();
			}
			finally {
				// Here, because a shutdown drops what is still queued.
				this.loop.shutdown();
			}
		});
	}

	private <T> CompletableFuture<T> send(Function<Client, CompletableFuture<T>> request) {
		try {
			return request.apply(client().jetcd()).copy();
		}
		catch (RuntimeException | LinkageError ex) {
			// The latter from a class path on which jetcd's own transport is not whole.
			return CompletableFuture.failedFuture(ex);
		}
	}

	@SuppressWarnings("ReferenceEquality") // Has it been replaced since?
	private void failed(Throwable failure, long startedNanos, @Nullable EtcdClient used) {
		if (!EtcdErrors.isSilence(failure)) {
			this.outage.answered();
			if (EtcdErrors.isRefusal(failure)) {
				this.outage.refused(failure);
			}
			return;
		}
		this.outage.silent(failure, startedNanos);
		int members = this.settings.endpoints().size();
		boolean useless = EtcdErrors.isBroken(failure) || this.outage.silentNanos() > ((members > 1) ? 0 : STALE_NANOS);
		if (useless && used == this.client) {
			this.member = (this.member + 1) % members;
			logger.debug("{}: the next client is for {}", this.settings, this.settings.endpoints().get(this.member));
			dropClient();
		}
	}

	private void dropClient() {
		EtcdClient stale = this.client;
		this.client = null;
		if (stale != null) {
			stale.close();
			// jetcd leaves them without an answer.
			RuntimeException closedClient = Status.UNAVAILABLE.withDescription("client closed").asRuntimeException();
			List.copyOf(this.inFlight).forEach((end) -> end.accept(closedClient));
		}
	}

	private void runLogged(Runnable task) {
		if (this.closed) {
			return;
		}
		try {
			task.run();
		}
		catch (RuntimeException | Error ex) {
			logger.error("A task of the etcd registry failed; this is a defect", ex);
		}
	}

}
