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

package io.rpcboot.client.throttle;

import java.util.concurrent.Executor;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A call that is not sent. It ends when it is started, on the executor that the call
 * brings, or else on the thread that starts it.
 *
 * @param <Q> the type of request messages
 * @param <A> the type of response messages
 */
final class RefusedCall<Q, A> extends ClientCall<Q, A> {

	private final Status status;

	private final @Nullable Executor executor;

	RefusedCall(Status status, @Nullable Executor executor) {
		this.status = status;
		this.executor = executor;
	}

	@Override
	public void start(Listener<A> listener, Metadata headers) {
		Metadata trailers = new Metadata();
		trailers.put(RpcMetadata.NOT_EXECUTED, RpcMetadata.SET);
		if (this.executor != null) {
			this.executor.execute(() -> listener.onClose(this.status, trailers));
		}
		else {
			listener.onClose(this.status, trailers);
		}
	}

	@Override
	public void request(int messages) {
		// There will be none.
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		// It has ended.
	}

	@Override
	public void halfClose() {
		// Nobody listens.
	}

	@Override
	public void sendMessage(Q message) {
		// Nobody listens.
	}

}
