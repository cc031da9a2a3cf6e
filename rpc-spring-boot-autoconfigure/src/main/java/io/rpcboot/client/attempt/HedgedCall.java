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

import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

import io.grpc.Attributes;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A call with one request that is sent to a second instance too when its first attempt
 * takes longer than nearly all others do, as Dean and Barroso's "The Tail at Scale" has
 * it. Whoever answers first counts, an answer being what the application says: the end of
 * a unary call, the first message or the end of a stream. The other is cancelled. The
 * first attempt is retried as any other call is, except while there is a second one.
 *
 * @param <Q> the type of the request
 * @param <A> the type of responses
 */
final class HedgedCall<Q, A> extends ClientCall<Q, A> implements Runnable {

	private final HedgePlan<Q, A> plan;

	private final HedgeRace<Q, A> race;

	private final Context context = Context.current();

	private final Metadata headers = new Metadata();

	private boolean compression = true;

	/** Kept until an attempt counts. */
	private volatile @Nullable Q message;

	private volatile @Nullable Future<?> timer;

	HedgedCall(HedgePlan<Q, A> plan) {
		this.plan = plan;
		this.race = new HedgeRace<>(plan, this::settle);
		plan.hedges().extraLoad().deposit();
	}

	@Override
	public void start(Listener<A> listener, Metadata callHeaders) {
		this.headers.merge(callHeaders);
		this.race.start(listener, callHeaders);
	}

	@Override
	public void request(int messages) {
		this.race.request(messages);
	}

	@Override
	public void sendMessage(Q request) {
		if (!this.race.isDecided()) {
			this.message = request;
		}
		this.race.current().sendMessage(request);
	}

	@Override
	public void halfClose() {
		boolean awaited = this.race.isAwaited();
		this.race.current().halfClose();
		if (awaited) {
			long delay = this.plan.hedges().delay().delayNanos();
			if (delay != HedgeDelay.UNKNOWN) {
				schedule(delay);
			}
		}
	}

	@Override
	public void cancel(@Nullable String text, @Nullable Throwable cause) {
		this.race.cancel(text, cause);
		stopTimer();
	}

	@Override
	public void setMessageCompression(boolean enabled) {
		this.compression = enabled;
		this.race.current().setMessageCompression(enabled);
	}

	@Override
	public boolean isReady() {
		return this.race.current().isReady();
	}

	@Override
	public Attributes getAttributes() {
		return this.race.current().getAttributes();
	}

	/**
	 * Sends the second attempt, on the thread of the timer.
	 */
	@Override
	public void run() {
		String instance = this.race.current().instance();
		Q request = this.message;
		HedgeArm<Q, A> second = (instance != null && request != null) ? this.race.join(instance) : null;
		if (second == null) {
			return;
		}
		this.plan.target().counters().hedge();
		Context previous = this.context.attach();
		try {
			begin(second, Objects.requireNonNull(request));
		}
		catch (RuntimeException ex) {
			second.onClose(Status.fromThrowable(ex), new Metadata());
		}
		finally {
			this.context.detach(previous);
		}
	}

	private void begin(HedgeArm<Q, A> second, Q request) {
		Metadata next = new Metadata();
		next.merge(this.headers);
		next.discardAll(RpcMetadata.NO_RETRY);
		next.put(RpcMetadata.NO_RETRY, RpcMetadata.SET);
		second.call().start(second, next);
		int asked = this.race.started(second);
		if (asked == HedgeRace.LATE) {
			second.call().cancel("The first attempt has answered", null);
			return;
		}
		if (!this.compression) {
			second.call().setMessageCompression(false);
		}
		second.request(asked);
		second.call().sendMessage(request);
		second.call().halfClose();
	}

	private void schedule(long delayNanos) {
		try {
			this.timer = this.plan.target().shared().timer().schedule(this, delayNanos);
		}
		catch (RejectedExecutionException ex) {
			// The application stops: the first attempt is all there is.
			return;
		}
		if (this.race.isDecided()) {
			stopTimer();
		}
	}

	private void settle() {
		this.message = null;
		stopTimer();
	}

	private void stopTimer() {
		Future<?> scheduled = this.timer;
		if (scheduled != null) {
			scheduled.cancel(false);
		}
	}

}
