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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * The executor on which gRPC runs the events of an outgoing call: its own serial queue of
 * them is what is handed over.
 * <p>
 * A call that is made before the first name resolution begins with a task that is no such
 * queue. It may tell events, which came while the call was opened, and nothing keeps what
 * is in the queue from running beside it; so tasks of ours wait until it is done.
 */
final class CallEvents implements Executor {

	private final Executor callbacks;

	private volatile @Nullable Executor queue;

	/** How many of the tasks are under way that are no queue. Written under the lock. */
	private volatile int opening;

	private List<Runnable> delayed = List.of();

	/**
	 * Creates an executor for one call.
	 * @param callbacks runs what is handed over
	 */
	CallEvents(Executor callbacks) {
		this.callbacks = callbacks;
	}

	@Override
	@SuppressWarnings("NonAtomicVolatileUpdate") // Under the lock.
	public void execute(Runnable events) {
		if (events instanceof Executor newQueue) {
			this.queue = newQueue;
			this.callbacks.execute(events);
			return;
		}
		synchronized (this) {
			this.opening++;
		}
		this.callbacks.execute(() -> {
			try {
				events.run();
			}
			finally {
				opened();
			}
		});
	}

	/**
	 * Runs a task among the events, once there are any. From any thread.
	 */
	void executeInOrder(Runnable task) {
		if (this.opening > 0) {
			synchronized (this) {
				if (this.opening > 0) {
					this.delayed = new ArrayList<>(this.delayed);
					this.delayed.add(task);
					return;
				}
			}
		}
		Executor inOrder = this.queue;
		if (inOrder == null) {
			throw new IllegalStateException("There are no events yet (expected: gRPC's SerializingExecutor)");
		}
		inOrder.execute(task);
	}

	@SuppressWarnings("NonAtomicVolatileUpdate") // Under the lock.
	private void opened() {
		List<Runnable> tasks = List.of();
		synchronized (this) {
			this.opening--;
			if (this.opening == 0) {
				tasks = this.delayed;
				this.delayed = List.of();
			}
		}
		tasks.forEach(this::executeInOrder);
	}

}
