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

package io.rpcboot.server.stream;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/**
 * Tells the handler of a stream that its end is near, and why, so that it can say goodbye
 * before it is cut. Every streaming call has one; unary calls have none.
 *
 * <pre class="code">
 * StreamNotice.current().onNotice((reason) -&gt; observer.onCompleted());
 * </pre>
 *
 * Actions run on a thread that other streams wait for, and must not block. Messages that
 * they send are buffered, however slow the peer is.
 */
public interface StreamNotice {

	/**
	 * Returns the notice of the call that the current thread serves.
	 * @return the notice; one that is never given outside a streaming call
	 */
	static StreamNotice current() {
		StreamNotice notice = StreamGuard.NOTICE.get(Context.current());
		return (notice != null) ? notice : StreamGuard.NEVER;
	}

	/**
	 * Says whether this notice has been given, from any thread.
	 * @param reason for which reason
	 * @return whether the stream is to end for that reason
	 */
	boolean isGiven(Reason reason);

	/**
	 * Sets what to do when this notice is given for a reason. Runs once; at once, on the
	 * calling thread, if it is given already. A second action for the same reason
	 * replaces the first.
	 * @param reason for which reason
	 * @param action what to do; {@code null} for nothing
	 */
	void onNotice(Reason reason, @Nullable Runnable action);

	/**
	 * Sets what to do when this notice is given for the first time, for whatever reason.
	 * Replaces all actions set before.
	 * @param action what to do; runs once
	 */
	default void onNotice(Consumer<Reason> action) {
		AtomicBoolean told = new AtomicBoolean();
		for (Reason reason : Reason.values()) {
			onNotice(reason, () -> {
				if (told.compareAndSet(false, true)) {
					action.accept(reason);
				}
			});
		}
	}

	/**
	 * Why a stream is to end.
	 */
	enum Reason {

		/**
		 * The server stops.
		 */
		DRAINING,

		/**
		 * The stream has nearly reached its greatest age; the client will open it again,
		 * maybe elsewhere.
		 */
		MAX_AGE

	}

}
