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

import java.util.concurrent.atomic.AtomicLong;

/**
 * The share of the calls of one method that may be hedged: each call brings a part of a
 * token, a hedge takes a whole one. Nothing is there to begin with, so that hedges are
 * never more than their share. Safe for any thread.
 */
final class ExtraLoad {

	private static final long TOKEN = 1_000_000;

	/** A pause in which nothing had to be hedged does not allow a burst. */
	private static final long MOST = 10 * TOKEN;

	private final long each;

	private final AtomicLong tokens = new AtomicLong();

	/**
	 * Creates an empty bucket.
	 * @param maxPercent hedges of a hundred calls, above 0 to 100
	 */
	ExtraLoad(double maxPercent) {
		this.each = Math.round(maxPercent / 100 * TOKEN);
	}

	void deposit() {
		if (this.tokens.get() < MOST) {
			this.tokens.getAndAdd(this.each);
		}
	}

	boolean tryWithdraw() {
		long known = this.tokens.get();
		while (known >= TOKEN) {
			long seen = this.tokens.compareAndExchange(known, known - TOKEN);
			if (seen == known) {
				return true;
			}
			known = seen;
		}
		return false;
	}

}
