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

import io.grpc.CallOptions;

/**
 * What the transport has read for one of several attempts that run at the same time.
 * Answers of an attempt that does not count are thrown away, so the window of the
 * read-ahead must not hear of them: nobody would ever take them. They are held back here
 * until the attempt is chosen. Travels in the options of the attempt.
 */
public final class AttemptReads {

	/**
	 * The key in the options; an attempt without it counts from its start.
	 */
	public static final CallOptions.Key<AttemptReads> KEY = CallOptions.Key.create("rpc-attempt-reads");

	private final List<Runnable> held = new ArrayList<>(1);

	private volatile boolean chosen;

	/**
	 * Counts what was read, which is one message at most, and all that follows. Called
	 * before the attempt is asked for more.
	 */
	public void choose() {
		List<Runnable> counts;
		synchronized (this) {
			this.chosen = true;
			counts = List.copyOf(this.held);
			this.held.clear();
		}
		counts.forEach(Runnable::run);
	}

	boolean isChosen() {
		return this.chosen;
	}

	/**
	 * Holds back what was read. Called by the event loop of the attempt.
	 * @param count counts it
	 */
	void hold(Runnable count) {
		synchronized (this) {
			if (!this.chosen) {
				this.held.add(count);
				return;
			}
		}
		count.run();
	}

}
