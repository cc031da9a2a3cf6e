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

import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Tells the caller of an end without an attempt, once.
 *
 * @param <A> the type of response messages
 */
final class Ending<A> extends ClientCall.Listener<A> {

	private final AnswerListener<A> caller;

	private final Status status;

	private final Metadata trailers;

	private final AtomicBoolean told = new AtomicBoolean();

	Ending(AnswerListener<A> caller, Status status, Metadata trailers) {
		this.caller = caller;
		this.status = status;
		this.trailers = trailers;
	}

	@Override
	public void onClose(Status expired, Metadata none) {
		tell();
	}

	void tell() {
		if (this.told.compareAndSet(false, true)) {
			this.caller.tellEnd(this.status, this.trailers);
		}
	}

}
