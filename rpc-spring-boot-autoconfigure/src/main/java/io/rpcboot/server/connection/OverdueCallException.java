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

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;

/**
 * Fails one stream of a connection, as a limit of its call is reached. gRPC takes the
 * status of the call from it, and Netty from its cause which stream it is; the peer gets
 * the reset code CANCEL. gRPC logs it, so it has no stack: a flood of calls would be one
 * of stacks.
 */
final class OverdueCallException extends StatusException {

	private static final StackTraceElement[] NO_STACK = {};

	OverdueCallException(Limit limit, int streamId) {
		super(Status.CANCELLED.withDescription("The connection " + limit.outcome() + " (" + limit.property() + ")")
			.withCause(streamError(streamId, limit)));
	}

	@Override
	public synchronized Throwable fillInStackTrace() {
		return this;
	}

	private static Http2Exception streamError(int streamId, Limit limit) {
		Http2Exception error = Http2Exception.streamError(streamId, Http2Error.CANCEL, limit.property());
		error.setStackTrace(NO_STACK);
		return error;
	}

}
