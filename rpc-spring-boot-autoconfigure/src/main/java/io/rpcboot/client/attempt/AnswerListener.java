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

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Takes the answer of each attempt of a call, and tells the caller of one. Headers are
 * held back while there may be another attempt.
 *
 * @param <A> the type of response messages
 */
final class AnswerListener<A> extends ClientCall.Listener<A> {

	private final ClientCall.Listener<A> delegate;

	private final Call call;

	private final boolean unary;

	private final boolean holdsHeaders;

	private boolean answered;

	private @Nullable Metadata held;

	/** Of a unary call whose headers are held. */
	private @Nullable A heldAnswer;

	/**
	 * Creates the listener of a call.
	 * @param delegate the caller's
	 * @param call the call
	 * @param unary whether there is one message at most
	 * @param holdsHeaders whether there may be another attempt after headers
	 */
	AnswerListener(ClientCall.Listener<A> delegate, Call call, boolean unary, boolean holdsHeaders) {
		this.delegate = delegate;
		this.call = call;
		this.unary = unary;
		this.holdsHeaders = holdsHeaders;
	}

	/**
	 * Another attempt begins.
	 */
	void forget() {
		this.held = null;
		this.heldAnswer = null;
	}

	/**
	 * Returns whether the caller has got something, so that there is no other attempt.
	 */
	boolean isAnswered() {
		return this.answered;
	}

	/**
	 * Returns whether headers have come that the caller has not got.
	 */
	boolean holdsHeaders() {
		return this.held != null;
	}

	/**
	 * Tells the caller of the end, and before of what is held.
	 */
	void tell(Status status, Metadata trailers) {
		if (!status.isOk()) {
			this.heldAnswer = null;
		}
		if (!this.answered) {
			tellHeld();
		}
		tellEnd(status, trailers);
	}

	/**
	 * Tells the caller of an end that is not an attempt's.
	 */
	void tellEnd(Status status, Metadata trailers) {
		this.delegate.onClose(status, trailers);
	}

	@Override
	public void onHeaders(Metadata headers) {
		if (this.holdsHeaders) {
			this.held = headers;
		}
		else {
			begin();
			this.delegate.onHeaders(headers);
		}
	}

	/**
	 * The answer of a unary call is none before its status has come: if the connection is
	 * cut between the two, another attempt may get both.
	 */
	@Override
	public void onMessage(A message) {
		if (this.unary && this.held != null && this.heldAnswer == null) {
			this.heldAnswer = message;
			return;
		}
		if (!this.answered) {
			begin();
			tellHeld();
		}
		this.delegate.onMessage(message);
	}

	@Override
	public void onReady() {
		this.delegate.onReady();
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		this.call.onAttemptClosed(status, trailers);
	}

	private void begin() {
		this.answered = true;
		this.call.onAnswer();
	}

	private void tellHeld() {
		Metadata headers = this.held;
		if (headers != null) {
			this.held = null;
			this.delegate.onHeaders(headers);
		}
		A answer = this.heldAnswer;
		if (answer != null) {
			this.heldAnswer = null;
			this.delegate.onMessage(answer);
		}
	}

	/**
	 * The call that is answered.
	 */
	interface Call {

		/**
		 * The answer has begun: there will be no other attempt.
		 */
		void onAnswer();

		/**
		 * The attempt has ended. Decides whether there is another, or the caller is told.
		 */
		void onAttemptClosed(Status status, Metadata trailers);

	}

}
