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

package io.rpcboot.server.authentication;

import io.grpc.ForwardingServerCallListener;
import io.grpc.ServerCall;
import io.grpc.health.v1.HealthCheckRequest;

/**
 * Lets a call without credentials ask for the health of the whole server only: which
 * services there are is told to nobody else.
 *
 * @param <Q> the type of request messages
 */
final class HealthDetailListener<Q> extends ForwardingServerCallListener<Q> {

	private final ServerCall.Listener<Q> delegate;

	private final Runnable refusal;

	private boolean refused;

	/**
	 * Creates a listener.
	 * @param delegate the listener of the service
	 * @param refusal closes the call
	 */
	HealthDetailListener(ServerCall.Listener<Q> delegate, Runnable refusal) {
		this.delegate = delegate;
		this.refusal = refusal;
	}

	@Override
	protected ServerCall.Listener<Q> delegate() {
		return this.delegate;
	}

	@Override
	public void onMessage(Q message) {
		if (this.refused) {
			return;
		}
		if (message instanceof HealthCheckRequest request && !request.getService().isEmpty()) {
			this.refused = true;
			this.refusal.run();
		}
		else {
			super.onMessage(message);
		}
	}

	@Override
	public void onHalfClose() {
		// A service that got no message would answer for itself, too.
		if (!this.refused) {
			super.onHalfClose();
		}
	}

}
