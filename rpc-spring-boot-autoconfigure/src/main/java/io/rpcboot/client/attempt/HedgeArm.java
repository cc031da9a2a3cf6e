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

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.dispatch.AttemptReads;
import org.jspecify.annotations.Nullable;

/**
 * One of the two attempts of a hedged call, as its listener. Nothing of it reaches the
 * caller before it counts.
 *
 * @param <Q> the type of the request
 * @param <A> the type of responses
 */
final class HedgeArm<Q, A> extends ClientCall.Listener<A> {

	private final HedgeRace<Q, A> race;

	private final Attempts<Q, A> call;

	private final @Nullable AttemptReads reads;

	private @Nullable Metadata held;

	private boolean answered;

	/** Guarded by the race, as are the next two. */
	private boolean started;

	private boolean ended;

	private int asked;

	/**
	 * Creates an attempt that is not started.
	 * @param race decides which one counts
	 * @param call the attempt itself
	 * @param reads what was read of a stream; {@code null} for a unary call
	 */
	HedgeArm(HedgeRace<Q, A> race, Attempts<Q, A> call, @Nullable AttemptReads reads) {
		this.race = race;
		this.call = call;
		this.reads = reads;
	}

	Attempts<Q, A> call() {
		return this.call;
	}

	void setStarted() {
		this.started = true;
	}

	void setEnded() {
		this.ended = true;
	}

	boolean hasEnded() {
		return this.ended;
	}

	boolean isRunning() {
		return this.started && !this.ended;
	}

	/**
	 * Returns for how many messages to ask.
	 * @param requested for how many the caller has asked so far
	 * @param most the most that this attempt may be asked for so far
	 * @return how many more these are than it was asked for
	 */
	int ask(int requested, int most) {
		int more = Math.min(requested, most) - this.asked;
		this.asked += more;
		return more;
	}

	void request(int messages) {
		if (messages > 0) {
			this.call.request(messages);
		}
	}

	/**
	 * The attempt counts: so does what was read of it.
	 */
	void choose() {
		if (this.reads != null) {
			this.reads.choose();
		}
	}

	@Override
	public void onHeaders(Metadata headers) {
		this.held = headers;
	}

	@Override
	public void onMessage(A answer) {
		if (!this.race.wins(this)) {
			return;
		}
		if (!this.answered) {
			this.answered = true;
			if (this.reads != null) {
				this.race.record();
			}
			tellHeld();
		}
		this.race.listener().onMessage(answer);
	}

	@Override
	public void onReady() {
		if (this.race.isCurrent(this)) {
			this.race.listener().onReady();
		}
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		boolean refused = this.held == null && !this.answered && trailers.containsKey(RpcMetadata.NOT_EXECUTED);
		if (!this.race.ends(this, this.race.plan().isFailure(status, refused))) {
			return;
		}
		if (status.isOk() && !(this.answered && this.reads != null)) {
			this.race.record();
		}
		if (!this.answered) {
			tellHeld();
		}
		this.race.listener().onClose(status, trailers);
	}

	private void tellHeld() {
		Metadata headers = this.held;
		if (headers != null) {
			this.race.listener().onHeaders(headers);
		}
	}

}
