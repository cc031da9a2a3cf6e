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

import io.rpcboot.dispatch.GatedCall;

/**
 * A call in a queue.
 *
 * @param call the call
 * @param method which of the limited methods it calls
 * @param sinceNanos when it came
 * @param untilNanos when it is too late to run it
 * @param byDeadline whether its own deadline says so, not the longest wait
 */
record WaitingCall(GatedCall call, LimitedMethod method, long sinceNanos, long untilNanos, boolean byDeadline) {

	/**
	 * Puts a call into a queue.
	 * @param typicalNanos how long calls take
	 * @param now the time
	 */
	static WaitingCall of(GatedCall call, LimitedMethod method, long typicalNanos, long now) {
		long remaining = call.remainingNanos();
		// Half of it: about that short may a call be that is not out of the ordinary.
		boolean byDeadline = remaining - typicalNanos / 2 < method.maxQueueNanos();
		return new WaitingCall(call, method, now,
				now + (byDeadline ? remaining - typicalNanos / 2 : method.maxQueueNanos()), byDeadline);
	}

	boolean isHigh() {
		return this.method.isHigh();
	}

	/**
	 * Tells whether to run it would be in vain.
	 */
	boolean isOver(long now) {
		return now - this.untilNanos >= 0 || this.call.isCancelled();
	}

	/**
	 * Tells whether it has waited for half of the longest wait: the server does not keep
	 * up.
	 */
	boolean isLate(long now) {
		return now - this.sinceNanos > this.method.maxQueueNanos() / 2;
	}

}
