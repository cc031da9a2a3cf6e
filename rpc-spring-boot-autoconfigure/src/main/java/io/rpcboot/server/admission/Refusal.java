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

package io.rpcboot.server.admission;

import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The starter's own way to turn a call away before any code of the service ran. The cause
 * stays in the process: it is how the wire guard tells such a status from one that a
 * service returns.
 */
public final class Refusal extends Exception {

	private static final long serialVersionUID = 1L;

	private static final long MAX_PUSH_BACK_MILLIS = 10_000;

	/** Anything negative forbids another attempt (gRFC A6). */
	private static final long FORBIDDEN = -1;

	private static final long UNSAID = -2;

	private final long pushBackMillis;

	private Refusal(long pushBackMillis) {
		super("refused by the server before the service ran", null, false, false);
		this.pushBackMillis = pushBackMillis;
	}

	/**
	 * Makes the answer to a call for which there is no room.
	 * @param description what is full, and by which property
	 * @param pushBackNanos how long the caller should wait before it tries again, rounded
	 * up to 1 ms to 10 s
	 * @return a status of RESOURCE_EXHAUSTED
	 */
	public static Status overloaded(String description, long pushBackNanos) {
		long millis = TimeUnit.NANOSECONDS.toMillis(pushBackNanos) + 1;
		return Status.RESOURCE_EXHAUSTED.withDescription(description)
			.withCause(new Refusal(Math.max(1, Math.min(MAX_PUSH_BACK_MILLIS, millis))));
	}

	/**
	 * Makes the answer to a call that waited until its deadline had passed or could no
	 * longer be met.
	 * @param description where it waited
	 * @return a status of DEADLINE_EXCEEDED
	 */
	public static Status expired(String description) {
		return Status.DEADLINE_EXCEEDED.withDescription(description).withCause(new Refusal(UNSAID));
	}

	/**
	 * Marks the answer to a call that did not run for a reason of another kind.
	 * @param status the answer
	 * @return the marked status
	 */
	public static Status notExecuted(Status status) {
		return status.withCause(new Refusal(UNSAID));
	}

	/**
	 * Marks the answer to a call that did not run, and would be answered alike wherever
	 * else it is sent: the client is told not to try.
	 * @param status the answer
	 * @return the marked status
	 */
	public static Status everywhere(Status status) {
		return status.withCause(new Refusal(FORBIDDEN));
	}

	/**
	 * Finds out whether a status is a refusal.
	 * @param status the status with which a call is closed
	 * @return the refusal; {@code null} if it is none, so code of the service may have
	 * run
	 */
	public static @Nullable Refusal of(Status status) {
		return (status.getCause() instanceof Refusal refusal) ? refusal : null;
	}

	/**
	 * Returns how long the caller should wait before it tries again.
	 * @return milliseconds; negative for nothing to be said, or for no other attempt
	 */
	public long pushBackMillis() {
		return this.pushBackMillis;
	}

	/**
	 * Returns whether the caller is told anything of another attempt.
	 * @return whether the push-back is to be sent
	 */
	public boolean saysPushBack() {
		return this.pushBackMillis != UNSAID;
	}

}
