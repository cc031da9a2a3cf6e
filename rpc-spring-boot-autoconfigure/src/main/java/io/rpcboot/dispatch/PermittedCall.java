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

import io.grpc.Attributes;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/**
 * Gives the permit of a call back when it has been answered.
 *
 * @param <Q> the type of request messages
 * @param <A> the type of response messages
 */
final class PermittedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

	private final GateEntry entry;

	PermittedCall(ServerCall<Q, A> delegate, GateEntry entry) {
		super(delegate);
		this.entry = entry;
	}

	@Override
	public Attributes getAttributes() {
		CallPermit permit = this.entry.permit();
		Attributes attributes = super.getAttributes();
		return (permit != null) ? attributes.toBuilder().set(CallPermit.KEY, permit).build() : attributes;
	}

	@Override
	public void close(Status status, Metadata trailers) {
		// Before the answer is out: whoever gets it may call again at once.
		this.entry.end(status.isOk());
		super.close(status, trailers);
	}

}
