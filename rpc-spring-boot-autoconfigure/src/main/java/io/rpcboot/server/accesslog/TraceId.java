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

package io.rpcboot.server.accesslog;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Reads the id of a trace from the header {@code traceparent}, as W3C Trace Context
 * (version 00) has it: {@code 00-<32 hex>-<16 hex>-<2 hex>}.
 */
final class TraceId {

	private static final Metadata.Key<String> PARENT = Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

	private static final int BEGIN = 3;

	private static final int END = 35;

	private static final int LENGTH = 55;

	private TraceId() {
	}

	/**
	 * Returns the id.
	 * @return 32 hexadecimal digits; {@code null} if there is none, or no good one
	 */
	static @Nullable String of(Metadata headers) {
		String parent = headers.get(PARENT);
		if (parent == null || parent.length() < LENGTH || parent.charAt(BEGIN - 1) != '-'
				|| parent.charAt(END) != '-') {
			return null;
		}
		boolean zero = true;
		for (int i = BEGIN; i < END; i++) {
			char digit = parent.charAt(i);
			if (!isHex(digit)) {
				return null;
			}
			zero = zero && digit == '0';
		}
		return zero ? null : parent.substring(BEGIN, END);
	}

	private static boolean isHex(char character) {
		return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
	}

}
