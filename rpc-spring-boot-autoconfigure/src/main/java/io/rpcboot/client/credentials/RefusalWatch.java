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

package io.rpcboot.client.credentials;

import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Sees whether the credentials of a call were accepted.
 *
 * @param <Q> the type of request messages
 * @param <A> the type of answers
 */
final class RefusalWatch<Q, A> extends SimpleForwardingClientCall<Q, A> {

	private final Runnable onRefusal;

	/**
	 * Creates a watch.
	 * @param call the call
	 * @param onRefusal is run when they were not, before the caller learns it
	 */
	RefusalWatch(ClientCall<Q, A> call, Runnable onRefusal) {
		super(call);
		this.onRefusal = onRefusal;
	}

	@Override
	public void start(Listener<A> listener, Metadata headers) {
		super.start(new SimpleForwardingClientCallListener<>(listener) {
			@Override
			public void onClose(Status status, Metadata trailers) {
				if (status.getCode() == Status.Code.UNAUTHENTICATED) {
					RefusalWatch.this.onRefusal.run();
				}
				super.onClose(status, trailers);
			}
		}, headers);
	}

}
