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

package io.rpcboot.registry.etcd;

/**
 * How often each watch of a client is asked for its progress, so that all of them
 * together are asked {@value #MAX_A_SECOND} times a second at most. A member that is
 * frozen answers none of them and is found out by the first; a single watch that is
 * silent is found out later among a thousand, and by then the comparison of its range may
 * have told. Runs on the thread of the {@link EtcdConnection}.
 */
final class WatchPace {

	private static final int MAX_A_SECOND = 4;

	private int open;

	void opened() {
		this.open++;
	}

	void closed() {
		this.open--;
	}

	/**
	 * Returns how long to wait from one question to a watch to the next.
	 * @param leastMillis not less than this
	 * @return milliseconds
	 */
	long periodMillis(long leastMillis) {
		return Math.max(leastMillis, this.open * 1000L / MAX_A_SECOND);
	}

}
