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

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A short bounded queue of calls. In turn, while the queue moves. Once the oldest is late
 * the newest goes first, since it is the one that can still make it, and the oldest gives
 * way where the queue is full: adaptive LIFO and a bound on the time in the queue, after
 * B. Maurer, "Fail at Scale", ACM Queue 13(8), 2015, which takes the latter from CoDel
 * (RFC 8289). Calls of high priority go before all others, and take the place of one.
 * <p>
 * All but the sizes takes a lock, which only calls meet that find the limit reached. Each
 * operation looks at one call, or at all of a full queue.
 */
final class WaitingCalls {

	private final int capacity;

	private final Deque<WaitingCall> high = new ArrayDeque<>();

	private final Deque<WaitingCall> normal = new ArrayDeque<>();

	private volatile int size;

	private volatile int highSize;

	/**
	 * Creates an empty queue.
	 * @param capacity the most calls, 0 for none
	 */
	WaitingCalls(int capacity) {
		this.capacity = capacity;
	}

	int size() {
		return this.size;
	}

	/**
	 * Returns how many calls of high priority wait.
	 */
	int highSize() {
		return this.highSize;
	}

	int capacity() {
		return this.capacity;
	}

	/**
	 * Tells whether a call that came now would be turned away.
	 */
	synchronized boolean isClosed(boolean highPriority, long now) {
		if (this.capacity == 0) {
			return true;
		}
		if (this.size < this.capacity || (highPriority && !this.normal.isEmpty())) {
			return false;
		}
		WaitingCall oldest = (highPriority ? this.high : this.normal).peekFirst();
		return oldest == null || !(oldest.isLate(now) || oldest.isOver(now));
	}

	/**
	 * Takes a call.
	 * @param call the call
	 * @param now the time
	 * @param dropped receives those that are to be refused, this one perhaps
	 */
	synchronized void offer(WaitingCall call, long now, List<WaitingCall> dropped) {
		if (this.capacity == 0 || call.isOver(now)) {
			dropped.add(call);
			return;
		}
		if (this.size >= this.capacity) {
			removeOver(now, dropped);
		}
		if (this.size >= this.capacity) {
			WaitingCall displaced = displaced(call, now);
			if (displaced == null) {
				dropped.add(call);
				return;
			}
			dropped.add(displaced);
		}
		(call.isHigh() ? this.high : this.normal).addLast(call);
		count();
	}

	/**
	 * Takes the call out that is to run next.
	 * @param highOnly whether it must be one of high priority
	 * @param now the time
	 * @param dropped receives those that are to be refused
	 * @return the call, {@code null} if there is none
	 */
	synchronized @Nullable WaitingCall poll(boolean highOnly, long now, List<WaitingCall> dropped) {
		WaitingCall next = poll(this.high, now, dropped);
		if (next == null && !highOnly) {
			next = poll(this.normal, now, dropped);
		}
		count();
		return next;
	}

	/**
	 * Takes those out that are no longer to run.
	 * @param now the time
	 * @param dropped receives them
	 */
	synchronized void sweep(long now, List<WaitingCall> dropped) {
		removeOver(now, dropped);
		count();
	}

	/**
	 * Takes a call out that has to go where there is no room; {@code null} if the new one
	 * has to.
	 */
	private @Nullable WaitingCall displaced(WaitingCall call, long now) {
		boolean displaces = call.isHigh() && !this.normal.isEmpty();
		Deque<WaitingCall> calls = (displaces || !call.isHigh()) ? this.normal : this.high;
		WaitingCall oldest = calls.peekFirst();
		if (oldest != null && oldest.isLate(now)) {
			return calls.removeFirst();
		}
		return displaces ? calls.removeLast() : null;
	}

	private static @Nullable WaitingCall poll(Deque<WaitingCall> calls, long now, List<WaitingCall> dropped) {
		while (!calls.isEmpty()) {
			WaitingCall call = calls.getFirst().isLate(now) ? calls.removeLast() : calls.removeFirst();
			if (!call.isOver(now)) {
				return call;
			}
			dropped.add(call);
		}
		return null;
	}

	private void removeOver(long now, List<WaitingCall> dropped) {
		removeOver(this.high, now, dropped);
		removeOver(this.normal, now, dropped);
		count();
	}

	private static void removeOver(Deque<WaitingCall> calls, long now, List<WaitingCall> dropped) {
		for (Iterator<WaitingCall> iterator = calls.iterator(); iterator.hasNext();) {
			WaitingCall call = iterator.next();
			if (call.isOver(now)) {
				iterator.remove();
				dropped.add(call);
			}
		}
	}

	private void count() {
		this.highSize = this.high.size();
		this.size = this.high.size() + this.normal.size();
	}

}
