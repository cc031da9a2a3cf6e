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

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;

/**
 * Refuses a call on the event loop: nothing of its request is read.
 *
 * @param <Q> the type of request messages
 * @param <A> the type of response messages
 */
final class RefusedHop<Q, A> extends ServerHop<Q, A> {

	private final Status status;

	RefusedHop(MethodDescriptor<Q, A> method, Metadata headers, Handlers handlers, Refusals refusals, Status status) {
		super(method, headers, handlers, refusals, null);
		this.status = status;
	}

	@Override
	public void execute(Runnable events) {
		if (hasBegun()) {
			events.run();
		}
		else {
			begin(events);
		}
	}

	@Override
	ServerCall.Listener<Q> start(ServerCall<Q, A> startedCall, Metadata headers, ServerCallHandler<Q, A> next) {
		return this.refusals.refuse(startedCall, headers, this.status);
	}

}
