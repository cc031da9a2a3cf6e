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

package io.rpcboot.server.connection;

/**
 * The limits that a peer can reach, in the words of the log.
 */
enum Limit {

	/** There are too many connections. */
	CONNECTIONS("is refused, as too many are open", "rpc.server.limits.max-connections"),

	/** There are too many connections from one address. */
	PEER_CONNECTIONS("is refused, as too many from there are open", "rpc.server.limits.max-connections-per-peer"),

	/** The peer does not speak. */
	HANDSHAKE("is closed, as it did not begin to speak HTTP/2 in time", "rpc.server.limits.handshake-timeout"),

	/** The peer speaks too slowly. */
	FRAME("is closed, as a frame or the headers of a request did not come to an end in time",
			"rpc.server.limits.frame-timeout"),

	/** A call has been begun and is not gone on with. */
	REQUEST("has a call cancelled, as its request did not come to an end in time", "rpc.server.limits.request-timeout"),

	/** A call has been answered, and the answer is not taken. */
	ANSWER("has a call cancelled, as it did not take the answer in time", "rpc.server.limits.answer-timeout"),

	/** The peer begins calls to reset them. */
	RESETS("is closed, as it resets too many calls", "rpc.server.limits.max-resets"),

	/** The peer pings too often. */
	PINGS("is closed, as it pings too often, or without a call where rpc.server.keepalive.permit-without-calls is false",
			"rpc.server.keepalive.permit-time");

	private final String outcome;

	private final String property;

	Limit(String outcome, String property) {
		this.outcome = outcome;
		this.property = property;
	}

	/**
	 * Returns what becomes of the connection, and why.
	 */
	String outcome() {
		return this.outcome;
	}

	/**
	 * Returns what sets the limit.
	 */
	String property() {
		return this.property;
	}

	/**
	 * Returns the last part of {@link #property()}.
	 */
	String reason() {
		return this.property.substring(this.property.lastIndexOf('.') + 1);
	}

}
