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

package io.rpcboot.server.dedup;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

import org.jspecify.annotations.Nullable;

/**
 * A call that runs, and the attempts that wait for it: the one that began it is a mere
 * listener like the others.
 *
 * @param <A> the type of the response
 */
final class RunningCall<A> {

	/** More are no retries but a fault of the client, or worse. */
	static final int MAX_ATTEMPTS = 64;

	private final String fingerprint;

	private final long begunNanos;

	private final IntConsumer unattended;

	private final List<Attempt<?, A>> attempts = new ArrayList<>(1);

	private boolean alone;

	private @Nullable Answer<A> answer;

	/**
	 * Creates a call.
	 * @param fingerprint tells its request apart from others
	 * @param begunNanos when its first attempt came
	 * @param first that attempt
	 * @param unattended is told when nobody waits for the call any more, and when
	 * somebody does again
	 */
	RunningCall(String fingerprint, long begunNanos, Attempt<?, A> first, IntConsumer unattended) {
		this.fingerprint = fingerprint;
		this.begunNanos = begunNanos;
		this.attempts.add(first);
		this.unattended = unattended;
	}

	String fingerprint() {
		return this.fingerprint;
	}

	long begunNanos() {
		return this.begunNanos;
	}

	/**
	 * Lets an attempt wait; it is answered at once if the call has ended.
	 * @return {@code false} if too many wait
	 */
	boolean join(Attempt<?, A> attempt) {
		Answer<A> known;
		synchronized (this) {
			known = this.answer;
			if (known == null) {
				if (this.attempts.size() >= MAX_ATTEMPTS) {
					return false;
				}
				this.attempts.add(attempt);
				attended(true);
			}
		}
		if (known != null) {
			attempt.answer(known);
		}
		return true;
	}

	/**
	 * Forgets an attempt as soon as its client has gone. Told by the context, since the
	 * events of an attempt wait while its handler holds their thread.
	 */
	void leaveWithItsClient(Attempt<?, A> attempt) {
		attempt.context().addListener((context) -> leave(attempt), Runnable::run);
	}

	/**
	 * Forgets an attempt whose client has gone. The call goes on.
	 */
	synchronized void leave(Attempt<?, A> attempt) {
		this.attempts.remove(attempt);
		if (this.attempts.isEmpty() && this.answer == null) {
			attended(false);
		}
	}

	/**
	 * Answers all attempts. Called once.
	 */
	void end(Answer<A> newAnswer) {
		List<Attempt<?, A>> waiting;
		synchronized (this) {
			this.answer = newAnswer;
			waiting = List.copyOf(this.attempts);
			this.attempts.clear();
		}
		waiting.forEach((attempt) -> attempt.answer(newAnswer));
		synchronized (this) {
			attended(true);
		}
	}

	private void attended(boolean attended) {
		if (this.alone == attended) {
			this.alone = !attended;
			this.unattended.accept(attended ? -1 : 1);
		}
	}

}
