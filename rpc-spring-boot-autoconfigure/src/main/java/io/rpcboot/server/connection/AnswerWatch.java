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

import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Connection;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Stream;

/**
 * Finds answers that wait for a peer to take them, which it need not (RFC 9113, section
 * 5.2): meanwhile they take memory. Belongs to the connection's event loop.
 */
final class AnswerWatch {

	private static final int ENOUGH = 3;

	private final Http2Connection connection;

	/** At how many looks in a row an answer was found waiting. */
	private final PropertyKey looks;

	/** Marks calls with a stream of answers, which have limits of their own. */
	private final PropertyKey exempt;

	AnswerWatch(Http2Connection connection) {
		this.connection = connection;
		this.looks = connection.newKey();
		this.exempt = connection.newKey();
	}

	void exempt(Http2Stream stream) {
		stream.setProperty(this.exempt, Boolean.TRUE);
	}

	/**
	 * Looks at one call.
	 * @return whether its answer waited at this look and the two before
	 */
	boolean isOverdue(Http2Stream stream) {
		if (stream.getProperty(this.exempt) != null
				|| !this.connection.remote().flowController().hasFlowControlled(stream)) {
			stream.removeProperty(this.looks);
			return false;
		}
		Integer before = stream.getProperty(this.looks);
		int now = (before != null) ? before + 1 : 1;
		stream.setProperty(this.looks, now);
		return now >= ENOUGH;
	}

}
