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

package io.rpcboot.demo.consumer;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Calls the provider without end: unary calls one after another on some threads, streams
 * on another, and a few long calls at all times. Prints a line a second, and the total
 * when it is stopped. It stops before the channels close: its phase is the default, the
 * highest.
 */
@Component
@ConditionalOnBooleanProperty("demo.load.enabled")
class LoadLoop implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(LoadLoop.class);

	private static final Duration FIRST_CALL_TIMEOUT = Duration.ofSeconds(30);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

	// Between the calls of a thread: it makes at most 200 a second.
	private static final long PAUSE_MILLIS = 5;

	private static final long STEP_MILLIS = 100;

	private static final int TOURS = 3;

	private final LoadCalls calls;

	private final int concurrency;

	private final List<CourierTour> tours;

	private @Nullable ScheduledExecutorService threads;

	LoadLoop(LoadCalls calls, @Value("${demo.load.concurrency}") int concurrency) {
		this.calls = calls;
		this.concurrency = concurrency;
		this.tours = Stream.generate(calls::tour).limit(TOURS).toList();
	}

	LoadReport total() {
		return this.calls.statistics().total();
	}

	@Override
	public boolean isAutoStartup() {
		return false;
	}

	@Override
	public synchronized boolean isRunning() {
		return this.threads != null;
	}

	@Override
	@EventListener(ApplicationReadyEvent.class)
	public synchronized void start() {
		if (this.threads == null) {
			ScheduledExecutorService threads = Executors.newScheduledThreadPool(this.concurrency + TOURS + 2);
			threads.execute(() -> begin(threads));
			this.threads = threads;
		}
	}

	@Override
	public synchronized void stop() {
		if (this.threads != null) {
			finish(this.threads);
			this.threads = null;
			LoadReport total = total();
			logger.info("calls {}, failed {}", total.calls(), total.failed());
		}
	}

	private void begin(ScheduledExecutorService threads) {
		try {
			this.calls.awaitProvider(FIRST_CALL_TIMEOUT);
		}
		catch (StatusRuntimeException ex) {
			logger.warn("No provider within {}: {}", FIRST_CALL_TIMEOUT, ex.getMessage());
		}
		for (int i = 0; i < this.concurrency; i++) {
			threads.scheduleWithFixedDelay(this.calls::quote, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
		}
		threads.scheduleWithFixedDelay(this.calls::stream, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
		for (CourierTour tour : this.tours) {
			threads.scheduleWithFixedDelay(tour::step, 0, STEP_MILLIS, TimeUnit.MILLISECONDS);
		}
		threads.scheduleAtFixedRate(this::printSecond, 1, 1, TimeUnit.SECONDS);
	}

	private void printSecond() {
		logger.info(this.calls.statistics().second().toLine());
	}

	// Begins no more calls and waits for those under way.
	private void finish(ScheduledExecutorService threads) {
		threads.shutdown();
		try {
			if (!threads.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
				logger.warn("Calls still under way after {}", STOP_TIMEOUT);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.tours.forEach(CourierTour::end);
	}

}
