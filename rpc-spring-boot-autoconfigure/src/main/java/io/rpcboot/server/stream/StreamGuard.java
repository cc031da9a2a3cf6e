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

package io.rpcboot.server.stream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rpcboot.call.PerMethodInterceptor;
import io.rpcboot.server.stream.StreamNotice.Reason;
import io.rpcboot.server.stream.StreamSettings.Limits;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.Ordered;

/**
 * Watches over the streaming calls of a server: gives each its {@link StreamNotice}, ends
 * those that are too old or whose peer takes nothing, and lets a handler wait that sends
 * faster than its peer reads. Unary methods are left alone.
 * <p>
 * One timer looks at all open streams now and then, once a second or more often if a
 * limit is short, and only while there are any: a stream costs no timer, and a message no
 * look at the clock.
 */
public final class StreamGuard implements PerMethodInterceptor, Ordered, AutoCloseable {

	static final Context.Key<StreamNotice> NOTICE = Context.key("rpc-stream-notice");

	static final StreamNotice NEVER = new StreamNotice() {
		@Override
		public boolean isGiven(Reason reason) {
			return false;
		}

		@Override
		public void onNotice(Reason reason, @Nullable Runnable action) {
			// There is no stream to say goodbye on.
		}
	};

	private static final Logger logger = LoggerFactory.getLogger(StreamGuard.class);

	private static final long TICK_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	private static final long TICK_MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** How many looks there are in the shortest time that matters. */
	private static final int LOOKS = 8;

	private static final long IDLE_SECONDS = 10;

	private final StreamSettings settings;

	private final Predicate<String> exempt;

	private final int order;

	private final LongSupplier nanoTime;

	private final DoubleSupplier random;

	private final ScheduledExecutorService timer;

	/** 0 if there is nothing to look for. */
	private final long tickNanos;

	private final Set<GuardedStream<?, ?>> open = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean armed = new AtomicBoolean();

	private volatile boolean draining;

	/**
	 * Creates a guard.
	 * @param settings the limits
	 * @param exempt full names of methods that are left alone, such as health watches
	 * @param order the place among the interceptors
	 */
	public StreamGuard(StreamSettings settings, Predicate<String> exempt, int order) {
		this(settings, exempt, order, System::nanoTime, () -> ThreadLocalRandom.current().nextDouble(), newTimer());
	}

	StreamGuard(StreamSettings settings, Predicate<String> exempt, int order, LongSupplier nanoTime,
			DoubleSupplier random, ScheduledExecutorService timer) {
		this.settings = settings;
		this.exempt = exempt;
		this.order = order;
		this.nanoTime = nanoTime;
		this.random = random;
		this.timer = timer;
		long shortest = settings.methods()
			.values()
			.stream()
			.mapToLong(Limits::shortestNanos)
			.reduce(settings.standard().shortestNanos(), Math::min);
		this.tickNanos = (shortest == Long.MAX_VALUE) ? 0
				: Math.min(TICK_MAX_NANOS, Math.max(TICK_MIN_NANOS, shortest / LOOKS));
	}

	private static ScheduledExecutorService newTimer() {
		ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "rpc-server-streams");
			thread.setDaemon(true);
			return thread;
		}, new ThreadPoolExecutor.DiscardPolicy());
		timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
		timer.allowCoreThreadTimeOut(true);
		return timer;
	}

	@Override
	public int getOrder() {
		return this.order;
	}

	@Override
	public @Nullable ServerInterceptor of(MethodDescriptor<?, ?> method) {
		return (method.getType() == MethodType.UNARY || this.exempt.test(method.getFullMethodName())) ? null
				: new StreamInterceptor(this, this.settings.of(method));
	}

	<Q, A> ServerCall.Listener<Q> start(Limits limits, ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		GuardedStream<Q, A> stream = new GuardedStream<>(call, limits, this.random.getAsDouble(),
				this.nanoTime.getAsLong());
		this.open.add(stream);
		Context.current().addListener((ended) -> this.open.remove(stream), Runnable::run);
		if (this.draining) {
			stream.notice().give(Reason.DRAINING);
		}
		arm();
		return stream.start(headers, next);
	}

	/**
	 * Tells all streams that the server stops, also those that begin later.
	 */
	public void drain() {
		this.draining = true;
		this.open.forEach((stream) -> stream.notice().give(Reason.DRAINING));
	}

	/**
	 * Looks at streams no more.
	 */
	@Override
	public void close() {
		this.timer.shutdownNow();
	}

	void look() {
		this.armed.set(false);
		long now = this.nanoTime.getAsLong();
		this.open.removeIf((stream) -> !lookAt(stream, now));
		if (!this.open.isEmpty()) {
			arm();
		}
	}

	private static boolean lookAt(GuardedStream<?, ?> stream, long now) {
		try {
			return stream.look(now);
		}
		catch (RuntimeException | Error ex) {
			// The timer must come again: others are watched, too.
			logger.error("A look at a stream failed", ex);
			return true;
		}
	}

	private void arm() {
		if (this.tickNanos > 0 && !this.armed.get() && this.armed.compareAndSet(false, true)) {
			this.timer.schedule(this::look, this.tickNanos, TimeUnit.NANOSECONDS);
		}
	}

}
