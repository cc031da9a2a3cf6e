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

package io.rpcboot.server.validation;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/**
 * A call that may be answered in the place of its service. To the service it is a call
 * that was cancelled: what it still sends, perhaps from a thread of its own, goes
 * nowhere.
 *
 * @param <Q> the type of request messages
 * @param <A> the type of response messages
 */
final class ValidatedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

	private volatile boolean refused;

	ValidatedCall(ServerCall<Q, A> delegate) {
		super(delegate);
	}

	void refuse(Status status, Metadata trailers) {
		this.refused = true;
		super.close(status, trailers);
	}

	@Override
	public void request(int messages) {
		if (!this.refused) {
			super.request(messages);
		}
	}

	@Override
	public void sendHeaders(Metadata headers) {
		if (!this.refused) {
			super.sendHeaders(headers);
		}
	}

	@Override
	public void sendMessage(A message) {
		if (!this.refused) {
			super.sendMessage(message);
		}
	}

	@Override
	public boolean isReady() {
		return !this.refused && super.isReady();
	}

	@Override
	public boolean isCancelled() {
		return this.refused || super.isCancelled();
	}

	@Override
	public void close(Status status, Metadata trailers) {
		if (!this.refused) {
			super.close(status, trailers);
		}
	}

}
