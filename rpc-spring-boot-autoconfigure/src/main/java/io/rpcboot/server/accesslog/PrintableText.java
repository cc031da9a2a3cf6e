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

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * Texts that cannot break a line of the log, or pretend to be another one.
 */
final class PrintableText {

	private static final int MAX_LENGTH = 200;

	private PrintableText() {
	}

	/**
	 * Returns a text without what is not printable ASCII, cut where it is long. Spaces
	 * and equals signs go too, as they part what the line says.
	 */
	static String of(String text) {
		int length = Math.min(text.length(), MAX_LENGTH);
		StringBuilder cleaned = null;
		for (int i = 0; i < length; i++) {
			if (!isPlain(text.charAt(i))) {
				cleaned = (cleaned != null) ? cleaned : new StringBuilder(text.substring(0, length));
				cleaned.setCharAt(i, '?');
			}
		}
		return (cleaned != null) ? cleaned.toString() : text.substring(0, length);
	}

	/**
	 * Returns a socket's address as {@code host:port}, without a look-up.
	 */
	static @Nullable String address(@Nullable SocketAddress address) {
		if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
			String host = inet.getAddress().getHostAddress();
			return ((host.indexOf(':') >= 0) ? "[" + host + "]" : host) + ":" + inet.getPort();
		}
		return (address != null) ? of(address.toString()) : null;
	}

	private static boolean isPlain(char character) {
		return character > ' ' && character < 0x7f && character != '=' && character != '"';
	}

}
