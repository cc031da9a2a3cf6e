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

package io.rpcboot.server.error;

import java.util.UUID;

import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.RpcMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The id that a failure has in the log and on the wire. An error that came from a callee
 * keeps the id that it has in the callee's log.
 */
final class CorrelationId {

	private CorrelationId() {
	}

	/**
	 * Returns the id for an exception: that of the callee's error which caused it, or a
	 * new one.
	 */
	static String of(Throwable exception) {
		return of(Status.trailersFromThrowable(exception));
	}

	/**
	 * Returns the id for an answer: the one that it has, or a new one.
	 */
	static String of(@Nullable Metadata trailers) {
		String known = (trailers != null) ? trailers.get(RpcMetadata.CORRELATION_ID) : null;
		// It comes from another process and goes into the log.
		return (known != null && CallContext.isName(known)) ? known : UUID.randomUUID().toString();
	}

	/**
	 * Puts an id into trailers, in place of any other.
	 */
	static void put(Metadata trailers, String id) {
		trailers.discardAll(RpcMetadata.CORRELATION_ID);
		trailers.put(RpcMetadata.CORRELATION_ID, id);
	}

}
