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

package io.rpcboot.server.dedup;

import io.grpc.Context;
import io.grpc.ServerCall;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt that waits for an answer.
 *
 * @param <Q> the type of the request
 * @param <A> the type of the response
 * @param call where the answer goes
 * @param context in which it is given
 */
record Attempt<Q, A>(ServerCall<Q, A> call, Context context) {

	private static final Logger logger = LoggerFactory.getLogger(Attempt.class);

	/**
	 * Gives the answer. What interceptors further out throw stays here: others wait for
	 * the same answer.
	 */
	void answer(Answer<A> answer) {
		this.context.run(() -> {
			try {
				answer.sendTo(this.call);
			}
			catch (RuntimeException | Error ex) {
				logger.warn("An attempt of {} could not be answered",
						this.call.getMethodDescriptor().getFullMethodName(), ex);
			}
		});
	}

}
