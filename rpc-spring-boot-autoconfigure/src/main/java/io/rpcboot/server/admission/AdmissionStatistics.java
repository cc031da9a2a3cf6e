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

package io.rpcboot.server.admission;

import java.util.Map;

/**
 * What a server lets in at one moment, and what it has refused since it started. The
 * numbers are read one after another, so they need not fit together exactly.
 *
 * @param dryRun whether calls are only counted and not refused
 * @param limits by the full name of the service or method to which a limit applies
 * @param executors by name; the server's own is {@code default}
 * @param callers how many callers are told apart
 * @param refusedByRate calls refused because their caller was over its rate, by full
 * names of services; in a dry run those that would have been
 */
public record AdmissionStatistics(boolean dryRun, Map<String, Limit> limits, Map<String, Executor> executors,
		int callers, Map<String, Long> refusedByRate) {

	/**
	 * Of a server that does not run.
	 */
	public static final AdmissionStatistics NONE = new AdmissionStatistics(false, Map.of(), Map.of(), 0, Map.of());

	/**
	 * Why a call did not run.
	 */
	public enum Reason {

		/**
		 * As many calls ran and waited as may.
		 */
		LIMIT,

		/**
		 * It waited for too long.
		 */
		QUEUE_TIME,

		/**
		 * It waited until its deadline had passed or could no longer be met, or until its
		 * caller had gone.
		 */
		EXPIRED

	}

	/**
	 * A limit of what runs at a time.
	 *
	 * @param limit the most calls that run; {@link Integer#MAX_VALUE} for any number
	 * @param adaptiveLimit what the adaptive limit has found out, whether it applies or
	 * not; 0 if there is none
	 * @param running calls that run
	 * @param waiting calls that wait
	 * @param refused refused calls by reason; in a dry run those that would have been
	 */
	public record Limit(int limit, int adaptiveLimit, int running, int waiting, Map<Reason, Long> refused) {

	}

	/**
	 * An executor of handlers.
	 *
	 * @param maxThreads the most threads; 0 for virtual ones, which are not counted
	 * @param threads threads that there are
	 * @param active threads that run something
	 * @param waiting calls that wait for a thread
	 * @param queueCapacity the most calls that may wait
	 * @param refused refused calls by full names of services
	 */
	public record Executor(int maxThreads, int threads, int active, int waiting, int queueCapacity,
			Map<String, Long> refused) {

	}

}
