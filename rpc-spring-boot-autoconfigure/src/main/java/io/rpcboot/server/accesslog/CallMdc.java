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

package io.rpcboot.server.accesslog;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What the logging context of a thread has while it works for one call.
 *
 * @param method what is called
 * @param peer who calls, {@code null} if that is not known
 * @param traceId in which trace, as the client says; {@code null} if it does not say
 */
record CallMdc(String method, @Nullable String peer, @Nullable String traceId) {

	/**
	 * Puts it into the logging context of the current thread, until the scope is closed.
	 * A trace that a tracer has put there stays.
	 */
	Scope open() {
		String methodBefore = MDC.get(LogContext.METHOD);
		String peerBefore = MDC.get(LogContext.PEER);
		String traceBefore = MDC.get(LogContext.TRACE_ID);
		put(LogContext.METHOD, this.method);
		put(LogContext.PEER, this.peer);
		boolean traced = traceBefore == null && this.traceId != null;
		if (traced) {
			put(LogContext.TRACE_ID, this.traceId);
		}
		return () -> {
			put(LogContext.METHOD, methodBefore);
			put(LogContext.PEER, peerBefore);
			if (traced) {
				MDC.remove(LogContext.TRACE_ID);
			}
		};
	}

	private static void put(String key, @Nullable String value) {
		if (value != null) {
			MDC.put(key, value);
		}
		else {
			MDC.remove(key);
		}
	}

	/**
	 * The time during which a thread works for a call.
	 */
	@FunctionalInterface
	interface Scope {

		/**
		 * Puts back what there was before. By the same thread.
		 */
		void close();

	}

}
