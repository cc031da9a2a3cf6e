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

import java.time.Duration;

import io.rpcboot.call.RpcMetadata;

/**
 * What an attempt that is not the first says of those before it, in the header
 * {@code rpc-attempt: n;age-ms;first-instance-id}.
 *
 * @param number which attempt it is; from 2 on
 * @param age how long ago the first one was sent, when this one was
 * @param firstInstance the first instance on which the call may have run; empty if all
 * attempts before are known not to have run
 */
record LaterAttempt(int number, Duration age, String firstInstance) {

	private static final int MAX_NUMBER_DIGITS = 4;

	/** Over 30 years; with one more, its nanoseconds may overflow. */
	private static final int MAX_AGE_DIGITS = 12;

	private static final int MAX_INSTANCE = 256;

	static LaterAttempt of(String value) {
		int first = value.indexOf(';');
		int second = value.indexOf(';', first + 1);
		if (first > 0 && second > 0 && value.length() - second - 1 <= MAX_INSTANCE
				&& isNumber(value, 0, first, MAX_NUMBER_DIGITS) && isNumber(value, first + 1, second, MAX_AGE_DIGITS)) {
			int number = Integer.parseInt(value, 0, first, 10);
			if (number >= 2) {
				return new LaterAttempt(number, Duration.ofMillis(Long.parseLong(value, first + 1, second, 10)),
						value.substring(second + 1));
			}
		}
		throw new IllegalArgumentException(RpcMetadata.ATTEMPT.name() + ": " + value.length()
				+ " characters (expected: <number from 2 on>;<age in ms>;<id of the first instance>)");
	}

	private static boolean isNumber(String value, int begin, int end, int maxDigits) {
		if (end <= begin || end - begin > maxDigits) {
			return false;
		}
		for (int i = begin; i < end; i++) {
			if (value.charAt(i) < '0' || value.charAt(i) > '9') {
				return false;
			}
		}
		return true;
	}

	@Override
	public String toString() {
		return "attempt " + this.number + ", whose first was sent " + this.age.toMillis() + " ms before to '"
				+ this.firstInstance + "'";
	}

}
