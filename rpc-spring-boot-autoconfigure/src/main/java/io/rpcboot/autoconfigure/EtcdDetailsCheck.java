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

package io.rpcboot.autoconfigure;

import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Checks what is said about etcd, and blames who said it: a property, or the bean.
 */
final class EtcdDetailsCheck {

	static final String ENDPOINT = "http://host:port or https://host:port";

	private static final String WITHOUT_USER = ", the user in username and password";

	private static final int MAX_PORT = 65535;

	private final EtcdConnectionDetails details;

	private EtcdDetailsCheck(EtcdConnectionDetails details) {
		this.details = details;
	}

	static void check(EtcdConnectionDetails details) {
		EtcdDetailsCheck check = new EtcdDetailsCheck(details);
		check.endpoints(details.getEndpoints());
		check.that((details.getUsername() == null) == (details.getPassword() == null), "username",
				details.getUsername(), "set together with " + check.key("password") + ", or neither");
	}

	private void endpoints(List<URI> endpoints) {
		that(!endpoints.isEmpty(), "endpoints", endpoints, "at least one " + ENDPOINT);
		for (URI endpoint : endpoints) {
			if (!(this.details instanceof PropertiesEtcdConnectionDetails)) {
				String hidden = hideUser(endpoint.toString());
				that(hidden.equals(endpoint.toString()), "endpoints", hidden, ENDPOINT + WITHOUT_USER);
			}
			boolean known = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
			that(known && endpoint.getHost() != null && endpoint.getPort() > 0 && endpoint.getPort() <= MAX_PORT
					&& isBare(endpoint), "endpoints", endpoint, ENDPOINT);
		}
		boolean secured = "https".equals(endpoints.get(0).getScheme());
		that(endpoints.stream().allMatch((endpoint) -> "https".equals(endpoint.getScheme()) == secured), "endpoints",
				endpoints, "all of them http, or all of them https");
		if (!secured && this.details.getSslBundle() != null) {
			if (this.details instanceof PropertiesEtcdConnectionDetails) {
				throw EtcdEndpointException.plaintext(endpoints);
			}
			that(false, "endpoints", endpoints, "https, as sslBundle is set");
		}
	}

	private static boolean isBare(URI endpoint) {
		String path = endpoint.getRawPath();
		return (path.isEmpty() || path.equals("/")) && endpoint.getRawQuery() == null
				&& endpoint.getRawFragment() == null;
	}

	/**
	 * Refuses an endpoint with a user, whose password would be in each line that names
	 * the endpoint. Not as an invalid property: Boot shows the value of those.
	 */
	static void withoutUser(String key, String endpoint) {
		String hidden = hideUser(endpoint);
		if (!hidden.equals(endpoint)) {
			throw EtcdEndpointException.withUser(key, hidden, ENDPOINT + WITHOUT_USER);
		}
	}

	/** Up to the last one: a password may have such characters too. */
	private static String hideUser(String endpoint) {
		int at = endpoint.lastIndexOf('@');
		int host = endpoint.indexOf("://");
		return (at < 0) ? endpoint
				: ((host >= 0 && host < at) ? endpoint.substring(0, host + 3) : "") + "***" + endpoint.substring(at);
	}

	private void that(boolean valid, String name, @Nullable Object value, String expected) {
		if (this.details instanceof PropertiesEtcdConnectionDetails) {
			Checked.that(valid, key(name), value, expected);
		}
		else if (!valid) {
			throw new EtcdConnectionDetailsException(this.details, key(name) + ": " + value, expected);
		}
	}

	private String key(String name) {
		return (this.details instanceof PropertiesEtcdConnectionDetails) ? "rpc.registry.etcd." + name : name;
	}

}
