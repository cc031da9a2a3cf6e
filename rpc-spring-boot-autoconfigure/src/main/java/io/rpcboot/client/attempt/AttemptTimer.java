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

import java.util.concurrent.Future;

/**
 * Runs what comes later: attempts after their back-off, and hedges.
 */
@FunctionalInterface
public interface AttemptTimer {

	/**
	 * Runs a task once. Called by the thread that makes a call, or on an event loop; does
	 * not block.
	 * @param task the task, which does not block either
	 * @param delayNanos when, at least 0
	 * @return cancels it
	 * @throws java.util.concurrent.RejectedExecutionException if the application stops
	 */
	Future<?> schedule(Runnable task, long delayNanos);

}
