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

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address as Go writes it.
 *
 * @param host host name or IP address, IPv6 without brackets
 * @param port 1 to 65535
 */
record HostPort(String host, int port) {

	private static final Pattern PATTERN = Pattern
		.compile("(?:\\[(?<v6>[^\\[\\]\\s]+)]|(?<host>[^\\[\\]\\s:/?#@,]+)):(?<port>[0-9]{1,5})");

	/**
	 * Reads an address. One that means all addresses of its own machine is refused:
	 * whoever dials it gets to himself.
	 * @param field the name of the field, for the message
	 * @param scheme what stood before the address, for the message
	 * @param text the address
	 * @return its parts
	 * @throws IllegalArgumentException if the text is no address that others can dial
	 */
	static HostPort parse(String field, String scheme, String text) {
		Matcher matcher = PATTERN.matcher(text);
		if (matcher.matches()) {
			String host = (matcher.group("v6") != null) ? matcher.group("v6") : matcher.group("host");
			int port = Integer.parseInt(matcher.group("port"));
			if (host.equals("0.0.0.0") || host.equals("::")) {
				throw new IllegalArgumentException(
						field + ": '" + scheme + text + "' (expected: an address that others can dial)");
			}
			if (port >= 1 && port <= 65535) {
				return new HostPort(host, port);
			}
		}
		throw new IllegalArgumentException(field + ": '" + scheme + text + "' (expected: " + scheme + "host:port)");
	}

}
