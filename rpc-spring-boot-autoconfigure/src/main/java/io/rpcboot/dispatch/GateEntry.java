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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The way of one call through a gate. Made on the event loop, in the context of the call.
 */
final class GateEntry implements GatedCall {

	private final CallGate gate;

	private final ServerHop<?, ?> hop;

	private final Context context = Context.current();

	private final AtomicBoolean ended = new AtomicBoolean();

	private @Nullable CallPermit permit;

	/**
	 * The thread in {@link #enter()}. Seen right by that thread itself alone, which is
	 * all that it is for.
	 */
	private @Nullable Thread entering;

	GateEntry(CallGate gate, ServerHop<?, ?> hop) {
		this.gate = gate;
		this.hop = hop;
	}

	/**
	 * Asks for a permit, or goes on at once where nothing but the end of the call is left
	 * to tell.
	 */
	void enter() {
		if (isCancelled()) {
			this.hop.handOver();
		}
		else {
			this.entering = Thread.currentThread();
			this.gate.enter(this);
			this.entering = null;
		}
	}

	/**
	 * Tells that the handler is about to run.
	 * @return whether it may; not without a permit
	 */
	boolean start() {
		CallPermit current = this.permit;
		if (current == null) {
			return false;
		}
		current.started();
		return true;
	}

	/**
	 * Gives the permit back, if there is one and it is still held by the call.
	 */
	void end(boolean answered) {
		CallPermit current = this.permit;
		if (current != null && !this.ended.get() && this.ended.compareAndSet(false, true)) {
			current.release(answered);
		}
	}

	@Nullable CallPermit permit() {
		return this.permit;
	}

	@Override
	public boolean isCancelled() {
		return this.context.isCancelled();
	}

	@Override
	public long remainingNanos() {
		Deadline deadline = this.context.getDeadline();
		return (deadline != null) ? deadline.timeRemaining(TimeUnit.NANOSECONDS) : Long.MAX_VALUE;
	}

	@Override
	public void proceed(CallPermit newPermit) {
		this.permit = newPermit;
		if (Thread.currentThread() == this.entering) {
			this.hop.handOver();
		}
		else {
			this.hop.handlers.afterWait(this.hop::handOver);
		}
	}

	@Override
	public void refuse(Status status) {
		this.hop.refuse(status);
	}

}
