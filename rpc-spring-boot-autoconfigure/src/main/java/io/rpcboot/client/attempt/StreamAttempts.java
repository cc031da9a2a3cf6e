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

import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * The attempts of a streaming call. What was sent is kept until the answer begins, or
 * until there is too much of it; from then on the call is what its attempt is, and takes
 * no lock any more.
 *
 * @param <Q> the type of request messages
 * @param <A> the type of response messages
 */
final class StreamAttempts<Q, A> extends Attempts<Q, A> {

	/**
	 * How many messages are kept. A stream is refused within a round trip of its start.
	 */
	private static final int MAX_KEPT = 64;

	/** How many bytes of them, so that many streams with large messages stay small. */
	private static final int MAX_KEPT_BYTES = 256 * 1024;

	private final Object lock = new Object();

	private final List<Q> kept = new ArrayList<>(2);

	private volatile boolean committed;

	private int keptBytes;

	private boolean halfClosed;

	private int requested;

	StreamAttempts(MethodDescriptor<Q, A> method, CallOptions options, Channel channel, Target target,
			AttemptPolicy policy) {
		super(method, options, channel, target, policy);
	}

	@Override
	public void request(int messages) {
		if (this.committed) {
			current().request(messages);
			return;
		}
		synchronized (this.lock) {
			this.requested = sum(this.requested, messages);
			current().request(messages);
		}
	}

	@Override
	public void sendMessage(Q message) {
		if (this.committed) {
			current().sendMessage(message);
			return;
		}
		synchronized (this.lock) {
			this.kept.add(message);
			this.keptBytes += size(message);
			current().sendMessage(message);
			if (this.kept.size() > MAX_KEPT || this.keptBytes > MAX_KEPT_BYTES) {
				commit();
			}
		}
	}

	@Override
	public void halfClose() {
		synchronized (this.lock) {
			this.halfClosed = true;
			current().halfClose();
		}
	}

	@Override
	public void onAnswer() {
		synchronized (this.lock) {
			commit();
		}
	}

	@Override
	boolean isReplayable() {
		return !this.committed;
	}

	@Override
	void again(long delayNanos) {
		sendAgain(delayNanos);
	}

	/**
	 * The caller may have sent more than is kept since the last attempt has ended.
	 */
	@Override
	public void resend() {
		Status unsendable = null;
		boolean kept;
		synchronized (this.lock) {
			kept = !this.committed;
			if (kept) {
				unsendable = sendAgain();
			}
		}
		if (!kept) {
			endNotKept();
		}
		else if (unsendable != null) {
			end(unsendable);
		}
	}

	@Override
	int replay(ClientCall<Q, A> attempt) {
		if (this.requested > 0) {
			attempt.request(this.requested);
		}
		this.kept.forEach(attempt::sendMessage);
		if (this.halfClosed) {
			attempt.halfClose();
		}
		return this.requested;
	}

	/**
	 * Of a message of another kind than protobuf's nothing is known.
	 */
	private static int size(Object message) {
		return (message instanceof MessageLite protobuf) ? protobuf.getSerializedSize() : 0;
	}

	private void commit() {
		this.committed = true;
		this.kept.clear();
	}

}
