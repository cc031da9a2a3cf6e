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

package io.rpcboot.dispatch;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Holds messages that were read ahead until the application asks for them, so that its
 * listener gets none that it did not request. Confined to the events of one call, but for
 * {@link #request}.
 *
 * @param <M> the type of messages
 */
final class DemandQueue<M> {

	private final ArrayDeque<M> messages = new ArrayDeque<>(4);

	private final AtomicLong demand = new AtomicLong();

	private final Consumer<M> receiver;

	private final Consumer<Runnable> events;

	/** There are messages, and nobody has asked for them. */
	private volatile boolean waiting;

	private @Nullable Runnable end;

	/**
	 * Creates an empty queue.
	 * @param receiver gets the messages
	 * @param events runs a task among the events of the call
	 */
	DemandQueue(Consumer<M> receiver, Consumer<Runnable> events) {
		this.receiver = receiver;
		this.events = events;
	}

	/**
	 * Asks for messages, from any thread.
	 */
	void request(int count) {
		this.demand.getAndAdd(count);
		if (this.waiting) {
			this.events.accept(this::deliver);
		}
	}

	/**
	 * Takes a message that was read.
	 */
	void offer(M message) {
		if (this.messages.isEmpty() && takeDemand()) {
			this.receiver.accept(message);
		}
		else {
			this.messages.add(message);
			deliver();
		}
	}

	/**
	 * Runs a task when all messages have been received.
	 * @return whether it has run
	 */
	boolean end(Runnable task) {
		this.end = task;
		deliver();
		return this.end == null;
	}

	/**
	 * Forgets what nobody asked for, and runs what was to come after it. Does nothing
	 * before the end is known.
	 */
	void abandon() {
		if (this.end != null) {
			this.messages.clear();
			deliver();
		}
	}

	/**
	 * Forgets what nobody asked for, and what was to come after it.
	 */
	void clear() {
		this.messages.clear();
		this.end = null;
	}

	private void deliver() {
		while (!this.messages.isEmpty()) {
			if (takeDemand()) {
				this.receiver.accept(this.messages.remove());
				continue;
			}
			this.waiting = true;
			if (this.demand.get() == 0) {
				return;
			}
		}
		this.waiting = false;
		Runnable task = this.end;
		if (task != null) {
			this.end = null;
			task.run();
		}
	}

	private boolean takeDemand() {
		if (this.demand.get() == 0) {
			return false;
		}
		this.demand.getAndDecrement();
		return true;
	}

}
