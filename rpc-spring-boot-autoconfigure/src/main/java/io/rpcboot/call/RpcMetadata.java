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

import io.grpc.Metadata;

/**
 * The headers and trailers that this library puts on the wire.
 */
public final class RpcMetadata {

	/**
	 * Response trailer {@code rpc-not-executed: 1}: no code of the service ran, so the
	 * call may be sent again whatever it does. Only the starter's own refusals carry it.
	 */
	public static final Metadata.Key<String> NOT_EXECUTED = key("rpc-not-executed");

	/**
	 * Response header and trailer {@code rpc-drain: 1}: this instance is about to leave,
	 * pick another one next time.
	 */
	public static final Metadata.Key<String> DRAIN = key("rpc-drain");

	/**
	 * Response header: id of the instance that served the call.
	 */
	public static final Metadata.Key<String> INSTANCE = key("rpc-instance");

	/**
	 * Response trailer of an error: the id under which the server's log has the details.
	 */
	public static final Metadata.Key<String> CORRELATION_ID = key("rpc-correlation-id");

	/**
	 * Request header: the caller's application name. Information, not authentication.
	 */
	public static final Metadata.Key<String> CALLER = key("rpc-caller");

	/**
	 * Request header: the lane that the call is in, carried from hop to hop.
	 */
	public static final Metadata.Key<String> LANE = key("rpc-lane");

	/**
	 * Request header: the tenant for whom the call is made, carried from hop to hop.
	 * Information, not authentication.
	 */
	public static final Metadata.Key<String> TENANT = key("rpc-tenant");

	/**
	 * Request header: the names of the baggage of a call, comma-separated. The value of
	 * each stands in a header {@code rpc-baggage-<name>}. Without this list a server
	 * would have to look at every header of every call.
	 */
	public static final Metadata.Key<String> BAGGAGE = key("rpc-baggage");

	/**
	 * Response trailer of gRPC's retry design (gRFC A6): milliseconds to wait before the
	 * next attempt.
	 */
	public static final Metadata.Key<String> RETRY_PUSHBACK = key("grpc-retry-pushback-ms");

	/**
	 * Request header {@code rpc-no-retry: 1}: sent by an attempt after the first. Calls
	 * made while serving it are not retried.
	 */
	public static final Metadata.Key<String> NO_RETRY = key("rpc-no-retry");

	/**
	 * Request header: the id of a call to a deduplicated method, the same over all
	 * attempts.
	 */
	public static final Metadata.Key<String> REQUEST_ID = key("rpc-request-id");

	/**
	 * Request header: the client that chose the id of the call.
	 */
	public static final Metadata.Key<String> CLIENT_ID = key("rpc-client-id");

	/**
	 * Request header {@code n;age-ms;first-instance-id}, present from the second attempt
	 * on: the number of the attempt, how long ago the first one was sent, and the first
	 * instance on which the call may have run; nothing there if it surely ran on none.
	 */
	public static final Metadata.Key<String> ATTEMPT = key("rpc-attempt");

	/**
	 * Request header {@code rpc-same-instance: 1}, beside {@link #ATTEMPT}: the client
	 * does not allow that the call runs on another instance than the first. What has
	 * taken the address of that one may answer only what it knows.
	 */
	public static final Metadata.Key<String> SAME_INSTANCE = key("rpc-same-instance");

	/**
	 * Request header: the ids of calls of the same client whose answers have arrived,
	 * comma-separated.
	 */
	public static final Metadata.Key<String> ACK = key("rpc-ack");

	/**
	 * The value of the keys that are either set or absent.
	 */
	public static final String SET = "1";

	private RpcMetadata() {
	}

	private static Metadata.Key<String> key(String name) {
		return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
	}

}
