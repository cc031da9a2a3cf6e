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

package io.rpcboot.client.credentials;

import java.time.Duration;
import java.time.Instant;

/**
 * A token that is kept. Of its life the last minute, but no more than a quarter, is there
 * to fetch the next one, and in the last five seconds, but no more than a tenth, it is
 * not used: a call takes time to arrive, and clocks differ.
 *
 * @param token the token
 * @param oldAt when the next one is to be fetched
 * @param usableUntil when it is no longer used
 */
record HeldToken(AccessToken token, Instant oldAt, Instant usableUntil) {

	private static final Duration EARLY = Duration.ofMinutes(1);

	private static final Duration MARGIN = Duration.ofSeconds(5);

	/** Keeps a token that seems to come expired from being fetched for each call. */
	private static final Duration LEAST = Duration.ofSeconds(1);

	static HeldToken of(AccessToken token, Instant now) {
		Instant end = token.expiresAt();
		if (end == null) {
			return new HeldToken(token, Instant.MAX, Instant.MAX);
		}
		Duration life = Duration.between(now, end);
		Instant least = now.plus(LEAST);
		return new HeldToken(token, later(end.minus(shorter(EARLY, life.dividedBy(4))), least),
				later(end.minus(shorter(MARGIN, life.dividedBy(10))), least));
	}

	/**
	 * Returns this token as one that is to be replaced.
	 */
	HeldToken oldSince(Instant now) {
		return new HeldToken(this.token, now, this.usableUntil);
	}

	boolean isOld(Instant now) {
		return !now.isBefore(this.oldAt);
	}

	boolean isUsable(Instant now) {
		return now.isBefore(this.usableUntil);
	}

	private static Duration shorter(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

	private static Instant later(Instant one, Instant other) {
		return one.isAfter(other) ? one : other;
	}

}
