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

package io.rpcboot.client.attempt;

import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended.
 *
 * @param status its status
 * @param trailers its trailers
 * @param proof what says that it was not executed
 * @param instance the id of its instance; {@code null} if none is known
 * @param startNanos when it began
 * @param endNanos when it ended
 * @param remainingNanos what was left of the time of the call then;
 * {@link Long#MAX_VALUE} without a deadline
 */
record AttemptEnd(Status status, Metadata trailers, Proof proof, @Nullable String instance, long startNanos,
		long endNanos, long remainingNanos) {

	/**
	 * What says that no code of the service ran.
	 */
	enum Proof {

		/** Nothing: it may have run. */
		NONE,

		/** No instance was found. */
		NOT_PICKED,

		/** It was never written to the connection. */
		NEVER_LEFT,

		/** The connection refused it unseen. */
		REFUSED,

		/** The server said so. */
		SAID

	}

}
