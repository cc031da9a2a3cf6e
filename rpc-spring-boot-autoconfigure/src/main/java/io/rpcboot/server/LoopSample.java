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

package io.rpcboot.server;

import java.lang.Thread.State;
import java.util.List;

/**
 * What the thread of a late event loop did at one moment.
 *
 * @param service the non-blocking service that it ran
 * @param task number of the task of that service
 * @param thread its name
 * @param state its state
 * @param stack where it was, from the innermost frame to the service's task
 * @param cpuNanos CPU time that it had used; negative if not known
 * @param nanoTime the moment
 */
record LoopSample(String service, long task, String thread, State state, List<StackTraceElement> stack, long cpuNanos,
		long nanoTime) {

	/**
	 * Says whether the service blocks, by this sample and an earlier one of the same late
	 * loop. It does if it waited both times, be it in one call or in two; and if one task
	 * of it ran for as long as a loop may be late at most, in its own computation or in
	 * native code, such as a socket's. A thread that could run but got no CPU does not
	 * count: the machine is busy then, not the service.
	 */
	boolean confirms(LoopSample earlier, long maxDelayNanos) {
		if (!this.service.equals(earlier.service)) {
			return false;
		}
		if (waits() && earlier.waits()) {
			return true;
		}
		return isSameTask(earlier) && this.nanoTime - earlier.nanoTime >= maxDelayNanos
				&& (computed(earlier) || (isNative() && earlier.isNative()));
	}

	boolean isSameTask(LoopSample other) {
		return this.task == other.task;
	}

	/**
	 * Says whether a class was being loaded, initialized or linked: that takes its time
	 * once, and is no habit of the service.
	 */
	boolean isWarmingUp() {
		return this.stack.stream()
			.anyMatch((frame) -> frame.getMethodName().equals("<clinit>")
					|| frame.getClassName().equals("java.lang.ClassLoader")
					|| frame.getClassName().equals("java.lang.invoke.MethodHandleNatives"));
	}

	private boolean waits() {
		return this.state == State.BLOCKED || this.state == State.WAITING || this.state == State.TIMED_WAITING;
	}

	private boolean computed(LoopSample earlier) {
		if (this.cpuNanos < 0 || earlier.cpuNanos < 0) {
			return true;
		}
		return this.cpuNanos - earlier.cpuNanos >= (this.nanoTime - earlier.nanoTime) / 2;
	}

	private boolean isNative() {
		return !this.stack.isEmpty() && this.stack.get(0).isNativeMethod();
	}

}
