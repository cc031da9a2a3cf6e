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

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * How far the transport reads ahead of a stream's listener: {@value #MESSAGES} messages
 * or {@value #BYTES} bytes, and the one message that passes that limit. Without it a
 * listener that asks for one message at a time, as stubs do, would cost two thread
 * wake-ups a message. What is not read is left to HTTP/2's flow control.
 * <p>
 * The event loop counts what it reads, the listener what it takes. Each number has one
 * writer; the sizes of messages travel in a ring.
 */
final class InboundWindow {

	static final int MESSAGES = 256;

	static final int BYTES = 64 * 1024;

	private final int[] sizes = new int[MESSAGES];

	/** The transport has not been asked for the next message. */
	private final AtomicBoolean stalled = new AtomicBoolean();

	private final AtomicLong readCount = new AtomicLong();

	private final AtomicLong readBytes = new AtomicLong();

	private final AtomicLong takenCount = new AtomicLong();

	private final AtomicLong takenBytes = new AtomicLong();

	private volatile @Nullable Transport transport;

	/**
	 * Asks for the first message.
	 * @param newTransport is asked for messages from now on
	 */
	void open(Transport newTransport) {
		this.transport = newTransport;
		newTransport.request(1);
	}

	/**
	 * Counts a message that the transport has read. Called by the event loop alone. One
	 * that is compressed may grow to any size: a few of them fill the window.
	 * @param wireBytes its size as it came
	 * @param bytes its size; negative if it is compressed
	 */
	void onRead(long wireBytes, long bytes) {
		onRead((bytes >= 0) ? bytes : Math.max(wireBytes, BYTES / 4));
	}

	void onRead(long bytes) {
		long count = this.readCount.getPlain();
		this.sizes[(int) (count % MESSAGES)] = (int) bytes;
		this.readBytes.setRelease(this.readBytes.getPlain() + bytes);
		this.readCount.setRelease(count + 1);
		if (hasRoom()) {
			request();
			return;
		}
		this.stalled.set(true);
		if (hasRoom()) {
			resume();
		}
	}

	/**
	 * Counts a message that the listener has taken. Called by the call's events alone.
	 */
	void onTaken() {
		long count = this.takenCount.getPlain();
		this.takenBytes.setRelease(this.takenBytes.getPlain() + this.sizes[(int) (count % MESSAGES)]);
		// The one write that must be seen before the next line reads: the event loop
		// stalls and looks at the count again, here it is the other way round.
		this.takenCount.set(count + 1);
		if (this.stalled.get() && isHalfEmpty()) {
			resume();
		}
	}

	private boolean hasRoom() {
		return unread() < MESSAGES && unreadBytes() < BYTES;
	}

	private boolean isHalfEmpty() {
		return unread() <= MESSAGES / 2 && unreadBytes() <= BYTES / 2;
	}

	private long unread() {
		return this.readCount.getAcquire() - this.takenCount.getAcquire();
	}

	private long unreadBytes() {
		return this.readBytes.getAcquire() - this.takenBytes.getAcquire();
	}

	private void resume() {
		if (this.stalled.compareAndSet(true, false)) {
			request();
		}
	}

	private void request() {
		Transport target = this.transport;
		if (target != null) {
			target.request(1);
		}
	}

	/**
	 * What is asked for messages, from any thread.
	 */
	interface Transport {

		void request(int messages);

	}

}
