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

import java.util.concurrent.atomic.AtomicLong;

/**
 * How long calls take: an average in which each call counts for a sixteenth. Threads may
 * overwrite what others add, which loses a sample now and then and no more.
 */
final class CallDurations {

	private static final int SHARE = 16;

	private final AtomicLong typical = new AtomicLong();

	void add(long nanos) {
		long current = this.typical.getPlain();
		this.typical.setOpaque((current == 0) ? nanos : current + (nanos - current) / SHARE);
	}

	/**
	 * Returns the average; 0 if there was no call.
	 */
	long typicalNanos() {
		return this.typical.getOpaque();
	}

}
