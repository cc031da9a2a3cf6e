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

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs one task after another on an executor. gRPC has such a queue for the events of
 * each attempt; two attempts at a time need one for both, so that the listener of the
 * call hears one thing after the other, and what stands outside of the attempts finds one
 * queue to add to. Tasks may be added from any thread, also by a task.
 */
final class OneQueue implements Executor, Runnable {

	private final Executor executor;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean running = new AtomicBoolean();

	/**
	 * Creates an empty queue.
	 * @param executor runs it; may be direct
	 */
	OneQueue(Executor executor) {
		this.executor = executor;
	}

	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
		try {
			schedule();
		}
		catch (RuntimeException ex) {
			// As gRPC's: who could not be scheduled is not kept for later.
			this.tasks.remove(task);
			throw ex;
		}
	}

	@Override
	public void run() {
		try {
			Runnable task = this.tasks.poll();
			while (task != null) {
				task.run();
				task = this.tasks.poll();
			}
		}
		finally {
			this.running.set(false);
			// Came after the last look, or stands behind one that failed.
			if (!this.tasks.isEmpty()) {
				schedule();
			}
		}
	}

	private void schedule() {
		if (!this.running.get() && this.running.compareAndSet(false, true)) {
			boolean scheduled = false;
			try {
				this.executor.execute(this);
				scheduled = true;
			}
			finally {
				if (!scheduled) {
					this.running.set(false);
				}
			}
		}
	}

}
