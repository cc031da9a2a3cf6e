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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The call as interceptors further in and the handler see it: bound to no connection, it
 * keeps what they answer until they are done.
 *
 * @param <Q> the type of the request
 * @param <A> the type of the response
 */
final class RecordingCall<Q, A> extends ServerCall<Q, A> {

	private final ServerCall<Q, A> first;

	private final Runnable demand;

	private final Consumer<Answer<A>> end;

	private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

	private @Nullable Metadata headers;

	private @Nullable ByteString bytes;

	private @Nullable A message;

	/**
	 * Creates a call.
	 * @param first the attempt that began it, which says what it is
	 * @param demand runs when the request is asked for
	 * @param end is given the answer, once
	 */
	RecordingCall(ServerCall<Q, A> first, Runnable demand, Consumer<Answer<A>> end) {
		this.first = first;
		this.demand = demand;
		this.end = end;
	}

	@Override
	public void request(int messages) {
		if (messages > 0) {
			this.demand.run();
		}
	}

	@Override
	public void sendHeaders(Metadata newHeaders) {
		this.headers = newHeaders;
	}

	@Override
	public void sendMessage(A newMessage) {
		if (this.message != null) {
			end(State.CLOSED, Answer.of(Status.INTERNAL.withDescription("Too many responses")));
			return;
		}
		// Now: the service may change the message afterwards.
		this.bytes = serialized(newMessage);
		this.message = newMessage;
	}

	@Override
	public void close(Status status, Metadata trailers) {
		boolean withMessage = status.isOk();
		Answer<A> answer = new Answer<>(this.headers, withMessage ? this.bytes : null,
				withMessage ? this.message : null, status, trailers);
		if (!end(State.CLOSED, answer) && !isCancelled()) {
			throw new IllegalStateException("call already closed");
		}
	}

	/**
	 * Ends the call from outside.
	 * @return whether it had not ended before
	 */
	boolean cancel(Status status) {
		return end(State.CANCELLED, Answer.of(status));
	}

	/**
	 * Ends the call because it failed, unless it has ended before.
	 */
	void fail(Status status) {
		end(State.CLOSED, Answer.of(status));
	}

	@Override
	public boolean isCancelled() {
		return this.state.get() == State.CANCELLED;
	}

	@Override
	public boolean isReady() {
		return this.state.get() == State.OPEN;
	}

	@Override
	public void setCompression(String compressor) {
		this.first.setCompression(compressor);
	}

	@Override
	public void setMessageCompression(boolean enabled) {
		this.first.setMessageCompression(enabled);
	}

	@Override
	public MethodDescriptor<Q, A> getMethodDescriptor() {
		return this.first.getMethodDescriptor();
	}

	@Override
	public SecurityLevel getSecurityLevel() {
		return this.first.getSecurityLevel();
	}

	@Override
	public Attributes getAttributes() {
		return this.first.getAttributes();
	}

	@Override
	public @Nullable String getAuthority() {
		return this.first.getAuthority();
	}

	private boolean end(State newState, Answer<A> answer) {
		if (this.state.compareAndSet(State.OPEN, newState)) {
			this.end.accept(answer);
			return true;
		}
		return false;
	}

	private ByteString serialized(A response) {
		if (response instanceof MessageLite protobuf) {
			return protobuf.toByteString();
		}
		try {
			return ByteString.readFrom(getMethodDescriptor().streamResponse(response));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private enum State {

		OPEN, CLOSED, CANCELLED

	}

}
