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

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ServerCall;

/**
 * Gives the permit of a call back when its handler has been told of the end. The events
 * of a call never overlap, so a handler that blocks has returned by then.
 *
 * @param <Q> the type of request messages
 */
final class PermittedListener<Q> extends SimpleForwardingServerCallListener<Q> {

	private final GateEntry entry;

	PermittedListener(ServerCall.Listener<Q> delegate, GateEntry entry) {
		super(delegate);
		this.entry = entry;
	}

	@Override
	public void onCancel() {
		try {
			super.onCancel();
		}
		finally {
			this.entry.end(false);
		}
	}

	@Override
	public void onComplete() {
		try {
			super.onComplete();
		}
		finally {
			this.entry.end(false);
		}
	}

}
