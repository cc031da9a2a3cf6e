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

package io.rpcboot.client.balancer;

import java.util.Objects;

import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Proof that no code of a service ran for an attempt, taken from what the transport says.
 * grpc-java keeps that to itself (RpcProgress MISCARRIED and REFUSED), so two of the
 * cases are known by their text alone, and so are the ends that look like a proof and are
 * none; tests against raw HTTP/2 or gRPC's own code pin it.
 */
public final class NotExecuted {

	/** A stream reset by the peer before it looked at it (RFC 9113, 8.7). */
	private static final String REFUSED_STREAM = "RST_STREAM closed stream. HTTP/2 error code: REFUSED_STREAM";

	/** A stream above the last one that the peer's GOAWAY says it will process. */
	private static final String GOAWAY = "Abrupt GOAWAY closed sent stream. HTTP/2 error code: NO_ERROR";

	/** Of gRPC's {@code KeepAliveManager}. */
	private static final String KEEP_ALIVE_FAILED = "Keepalive failed";

	/** Of gRPC's {@code ManagedChannelImpl}. */
	private static final String SHUT_DOWN_NOW = "Channel shutdownNow invoked";

	/** No instance was picked, as the only one that would do has left. */
	static final Status INSTANCE_GONE = Status.UNAVAILABLE
		.withDescription("The only instance that this attempt may go to has gone");

	private NotExecuted() {
	}

	/**
	 * Tells whether the peer refused a stream that was sent.
	 * @param status how the attempt ended
	 * @param trailers its trailers; anything in them came from the peer
	 * @return whether it did for sure
	 */
	public static boolean isRefusedByPeer(Status status, Metadata trailers) {
		return (isRefusedStream(status) || isUnprocessed(status)) && trailers.keys().isEmpty();
	}

	/**
	 * Tells whether this side has closed the connection by force. gRPC ends its streams
	 * first then, while their headers may still wait in Netty's buffer, and the close
	 * lets that go out: that no headers were seen leaving proves nothing.
	 * @param status how the attempt ended
	 * @return whether it says so
	 */
	public static boolean isClosedByForce(Status status) {
		String description = status.getDescription();
		return description != null
				&& (description.startsWith(KEEP_ALIVE_FAILED) || description.startsWith(SHUT_DOWN_NOW));
	}

	/**
	 * Tells whether an attempt was for one instance alone, which is known no more.
	 * @param status how the attempt ended
	 * @return whether waiting for it is in vain
	 */
	public static boolean isInstanceGone(Status status) {
		return Objects.equals(INSTANCE_GONE.getDescription(), status.getDescription());
	}

	/**
	 * Tells whether a stream was reset by a peer that did not look at it, as far as its
	 * text tells: whether the peer has answered is for the caller to know.
	 * @param status how the attempt ended
	 * @return whether it says so
	 */
	static boolean isRefusedStream(Status status) {
		String description = status.getDescription();
		return description != null && description.startsWith(REFUSED_STREAM);
	}

	/**
	 * Tells whether a peer that closes the connection left the stream out, as far as its
	 * text tells.
	 * @param status how the attempt ended
	 * @return whether it says so
	 */
	static boolean isUnprocessed(Status status) {
		String description = status.getDescription();
		return description != null && description.startsWith(GOAWAY);
	}

}
