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

package io.rpcboot.call;

import io.grpc.Context;

/**
 * Interrupts one thread when a context is cancelled, until it is closed.
 */
final class ThreadInterruption implements CallContext.Interruption, Context.CancellationListener {

	private final Thread thread = Thread.currentThread();

	private final Context context;

	private boolean interrupted;

	private boolean closed;

	private ThreadInterruption(Context context) {
		this.context = context;
	}

	static ThreadInterruption begin(Context context) {
		ThreadInterruption interruption = new ThreadInterruption(context);
		context.addListener(interruption, Runnable::run);
		return interruption;
	}

	@Override
	public synchronized void cancelled(Context cancelled) {
		if (!this.closed) {
			this.interrupted = true;
			this.thread.interrupt();
		}
	}

	@Override
	public void close() {
		this.context.removeListener(this);
		synchronized (this) {
			this.closed = true;
			if (this.interrupted) {
				Thread.interrupted();
			}
		}
	}

}
