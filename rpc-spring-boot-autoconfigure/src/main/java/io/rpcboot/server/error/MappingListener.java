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

package io.rpcboot.server.error;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ServerCall;

/**
 * The events of a call, any of which may fail it. One that has failed gets no further
 * message.
 *
 * @param <Q> the type of request messages
 */
final class MappingListener<Q> extends SimpleForwardingServerCallListener<Q> {

	private final MappingCall<Q, ?> call;

	private boolean failed;

	MappingListener(ServerCall.Listener<Q> delegate, MappingCall<Q, ?> call) {
		super(delegate);
		this.call = call;
	}

	@Override
	public void onMessage(Q message) {
		try {
			if (!this.failed) {
				super.onMessage(message);
			}
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	@Override
	public void onHalfClose() {
		try {
			if (!this.failed) {
				super.onHalfClose();
			}
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	@Override
	public void onReady() {
		try {
			if (!this.failed) {
				super.onReady();
			}
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	@Override
	public void onCancel() {
		try {
			super.onCancel();
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	@Override
	public void onComplete() {
		try {
			super.onComplete();
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	private void fail(Throwable exception) {
		this.failed = true;
		this.call.fail(exception);
	}

}
