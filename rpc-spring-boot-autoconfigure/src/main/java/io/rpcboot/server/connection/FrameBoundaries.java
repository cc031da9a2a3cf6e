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

package io.rpcboot.server.connection;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;

/**
 * Follows where the frames of an HTTP/2 connection begin and end (RFC 9113, sections 3.4
 * and 4.1), and whether the headers of a request are complete (section 6.10): all that
 * tells a peer that speaks slowly from one that is silent. For one thread. Costs the nine
 * bytes of each frame's head, and no allocation.
 */
final class FrameBoundaries {

	private static final int PREFACE_BYTES = 24;

	private static final int HEADERS = 0x1;

	private static final int CONTINUATION = 0x9;

	private static final int END_HEADERS = 0x4;

	private static final int TYPE_AT = 3;

	private static final int FLAGS_AT = 4;

	private static final int LAST_AT = 8;

	/** Bytes to come of the preface or of what a frame carries. */
	private int left = PREFACE_BYTES;

	/** Bytes that have come of the head of a frame. */
	private int head;

	private int length;

	private int type;

	private boolean headersOpen;

	private long whole;

	/**
	 * Follows what has come, and leaves it as it is.
	 */
	void follow(ByteBuf bytes) {
		int index = bytes.readerIndex();
		int end = bytes.writerIndex();
		while (index < end) {
			if (this.left > 0) {
				int step = Math.min(this.left, end - index);
				index += step;
				this.left -= step;
				if (this.left == 0) {
					onEnd();
				}
			}
			else {
				onHead(bytes.getByte(index) & 0xff);
				index++;
			}
		}
	}

	/**
	 * Tells whether a frame, or a block of headers, has begun and not ended.
	 */
	boolean isAmid() {
		return this.left > 0 || this.head > 0 || this.headersOpen;
	}

	/**
	 * Returns how many frames have come to their end, a block of headers counted once.
	 */
	long whole() {
		return this.whole;
	}

	private void onHead(int value) {
		int at = this.head++;
		if (at < TYPE_AT) {
			this.length = (this.length << 8) | value;
		}
		else if (at == TYPE_AT) {
			this.type = value;
		}
		else if (at == FLAGS_AT) {
			if (this.type == HEADERS || this.type == CONTINUATION) {
				this.headersOpen = (value & END_HEADERS) == 0;
			}
		}
		else if (at == LAST_AT) {
			this.left = this.length;
			this.length = 0;
			this.head = 0;
			if (this.left == 0) {
				onEnd();
			}
		}
	}

	private void onEnd() {
		if (!this.headersOpen) {
			this.whole++;
		}
	}

}
