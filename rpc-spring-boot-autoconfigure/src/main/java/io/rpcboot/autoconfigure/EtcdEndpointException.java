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
import java.util.stream.Collectors;

import io.rpcboot.call.RpcException;

/**
 * Thrown when the endpoints of the properties cannot be used as they are.
 */
final class EtcdEndpointException extends RpcException {

	private static final String PREFIX = "rpc.registry.etcd.";

	/** What can be pasted stands on a line of its own. */
	private static final String LINE = "\n\n    " + PREFIX;

	private EtcdEndpointException(String key, String found, String expected, String action) {
		super(key + ": " + found + " (expected: " + expected + ")", action, null);
	}

	/**
	 * An endpoint with a user; named without the password.
	 */
	static EtcdEndpointException withUser(String key, String hidden, String expected) {
		return new EtcdEndpointException(key, hidden, expected, "Take the user out of " + key + ", and set:" + LINE
				+ "username=root" + LINE.substring(1) + "password=${ETCD_PASSWORD}");
	}

	/**
	 * Plaintext endpoints although there is TLS material.
	 */
	static EtcdEndpointException plaintext(List<URI> endpoints) {
		String secured = endpoints.stream()
			.map((endpoint) -> endpoint.toString().replaceFirst("^http:", "https:"))
			.collect(Collectors.joining(","));
		return new EtcdEndpointException(PREFIX + "endpoints", endpoints.toString(),
				"https, as " + PREFIX + "ssl.bundle is set",
				"Let the endpoints be https if etcd speaks TLS, else remove " + PREFIX + "ssl.bundle:" + LINE
						+ "endpoints=" + secured);
	}

}
