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

package io.rpcboot.dispatch;

import io.grpc.Status;

/**
 * A call in front of a {@link CallGate}. No code of the service has seen it.
 */
public interface GatedCall {

	/**
	 * Tells whether its caller has gone or its deadline has passed.
	 * @return whether nobody waits for an answer
	 */
	boolean isCancelled();

	/**
	 * Returns the time until its deadline.
	 * @return nanoseconds, negative if it has passed; {@link Long#MAX_VALUE} if there is
	 * none
	 */
	long remainingNanos();

	/**
	 * Hands the call over to its handler. May run the handler at once, if its executor
	 * does.
	 * @param permit is released when the call has ended
	 */
	void proceed(CallPermit permit);

	/**
	 * Answers the call without its handler.
	 * @param status the answer
	 */
	void refuse(Status status);

}
