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

package io.rpcboot.client.attempt;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.grpc.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes when a test says so, and what waits for it.
 */
final class FakeTime extends Deadline.Ticker implements LongSupplier, AttemptTimer {

	private final List<Task> tasks = new ArrayList<>();

	/** Runs once, when the time is looked at. */
	@Nullable Runnable onLook;

	private long now = 1_000_000_000L;

	@Override
	public long getAsLong() {
		Runnable task = this.onLook;
		this.onLook = null;
		if (task != null) {
			task.run();
		}
		return this.now;
	}

	@Override
	public long nanoTime() {
		return this.now;
	}

	@Override
	public Future<?> schedule(Runnable task, long delayNanos) {
		Task added = new Task(task, this.now + delayNanos);
		this.tasks.add(added);
		return added;
	}

	void passMillis(long millis) {
		long end = this.now + TimeUnit.MILLISECONDS.toNanos(millis);
		Optional<Task> next = next(end);
		while (next.isPresent()) {
			this.now = Math.max(this.now, next.get().atNanos);
			next.get().complete(null);
			next.get().task.run();
			next = next(end);
		}
		this.now = end;
	}

	int waiting() {
		return (int) this.tasks.stream().filter((task) -> !task.isDone()).count();
	}

	private Optional<Task> next(long end) {
		this.tasks.removeIf(CompletableFuture::isDone);
		return this.tasks.stream()
			.filter((task) -> task.atNanos <= end)
			.min(Comparator.comparing((task) -> task.atNanos));
	}

	private static final class Task extends CompletableFuture<Void> {

		private final Runnable task;

		private final long atNanos;

		Task(Runnable task, long atNanos) {
			this.task = task;
			this.atNanos = atNanos;
		}

	}

}
