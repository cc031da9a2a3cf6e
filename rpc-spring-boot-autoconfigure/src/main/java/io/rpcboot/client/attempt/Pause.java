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

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The wait before an attempt. Ends by the timer, by the caller, by the context of the
 * call or by the end of the application, whoever is first.
 */
final class Pause implements Runnable, Context.CancellationListener, AttemptEngine.Waiting {

	private final Context context;

	private final AttemptEngine engine;

	private final Call call;

	private final AtomicBoolean over = new AtomicBoolean();

	private volatile @Nullable Future<?> timer;

	Pause(Context context, AttemptEngine engine, Call call) {
		this.context = context;
		this.engine = engine;
		this.call = call;
	}

	void begin(long delayNanos) {
		this.context.addListener(this, Runnable::run);
		this.engine.add(this);
		try {
			this.timer = this.engine.timer().schedule(this, delayNanos);
		}
		catch (RejectedExecutionException ex) {
			giveUp(Status.UNAVAILABLE.withDescription("The application stops").withCause(ex));
		}
		if (this.over.get()) {
			// It was ended meanwhile, perhaps before all of this was known.
			leave();
		}
	}

	/**
	 * Ends the wait and the call.
	 * @return {@code false} if the wait has ended before
	 */
	boolean cancel(Status status) {
		if (!claim()) {
			return false;
		}
		leave();
		this.call.end(status);
		return true;
	}

	@Override
	public void run() {
		if (claim()) {
			leave();
			this.call.resend();
		}
	}

	@Override
	public void onClosed() {
		giveUp(Status.UNAVAILABLE.withDescription("The channel was closed before the call was sent again"));
	}

	@Override
	public void cancelled(Context ended) {
		cancel(Contexts.statusFromCancelled(ended));
	}

	private void giveUp(Status status) {
		if (claim()) {
			leave();
			this.call.giveUp(status);
		}
	}

	private boolean claim() {
		return this.over.compareAndSet(false, true);
	}

	private void leave() {
		Future<?> waiting = this.timer;
		if (waiting != null) {
			waiting.cancel(false);
		}
		this.context.removeListener(this);
		this.engine.remove(this);
	}

	/**
	 * The call that waits.
	 */
	interface Call {

		/**
		 * Sends again, on the thread of the timer. Ends the call if it cannot.
		 */
		void resend();

		/**
		 * Ends the call.
		 */
		void end(Status status);

		/**
		 * Ends the call as the application stops.
		 */
		void giveUp(Status status);

	}

}
