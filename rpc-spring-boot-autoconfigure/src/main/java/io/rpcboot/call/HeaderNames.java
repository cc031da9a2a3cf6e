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

package io.rpcboot.call;

import java.util.Set;

/**
 * Which headers may be carried from an incoming call to outgoing ones.
 */
final class HeaderNames {

	static final int MAX_LENGTH = 64;

	/** Of one connection only (RFC 9113, 8.2.2), or of one message and its encoding. */
	private static final Set<String> OF_ONE_HOP = Set.of("connection", "keep-alive", "proxy-authenticate",
			"proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
			"http2-settings", "host", "content-type", "content-length", "content-encoding", "accept-encoding",
			"user-agent");

	private HeaderNames() {
	}

	/**
	 * Tells whether a text can be the name of a piece of baggage.
	 */
	static boolean isName(String name) {
		if (name.isEmpty() || name.length() > MAX_LENGTH || name.endsWith("-bin")) {
			return false;
		}
		for (int i = 0; i < name.length(); i++) {
			char character = name.charAt(i);
			if (!(character >= 'a' && character <= 'z') && !(character >= '0' && character <= '9') && character != '-'
					&& character != '_' && character != '.') {
				return false;
			}
		}
		return true;
	}

	/**
	 * Tells whether a text can be the value of a header: printable ASCII, without a space
	 * at either end, which proxies cut off.
	 */
	static boolean isValue(String value) {
		for (int i = 0; i < value.length(); i++) {
			if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
				return false;
			}
		}
		return !value.startsWith(" ") && !value.endsWith(" ");
	}

	/**
	 * Checks a name of an allow-list.
	 * @param name the name, in lower case
	 * @throws IllegalArgumentException if it is no name, or of a header that is not the
	 * user's to carry
	 */
	static void check(String name) {
		if (!isName(name)) {
			throw new IllegalArgumentException(
					"header: '" + name + "' (expected: 1 to " + MAX_LENGTH + " of a-z0-9._-, not ending in -bin)");
		}
		if (name.startsWith("grpc-") || name.startsWith("rpc-") || OF_ONE_HOP.contains(name)) {
			throw new IllegalArgumentException("header: '" + name
					+ "' (expected: a header of your own; names that begin with grpc- or rpc-, and headers of the "
					+ "connection or the message, are not carried)");
		}
	}

}
