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

package io.rpcboot.server.dedup;

import java.util.function.Consumer;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the one request of an attempt, without which nobody can say whether it is the
 * same call.
 *
 * @param <Q> the type of the request
 */
final class GatheringListener<Q> extends ServerCall.Listener<Q> {

	private final ServerCall<Q, ?> call;

	private final Consumer<Q> complete;

	private @Nullable Q request;

	private boolean broken;

	/**
	 * Creates a listener, and asks for the request.
	 * @param call the attempt
	 * @param complete takes the request
	 */
	GatheringListener(ServerCall<Q, ?> call, Consumer<Q> complete) {
		this.call = call;
		this.complete = complete;
		// Two, to notice a client that sends more than one.
		call.request(2);
	}

	@Override
	public void onMessage(Q message) {
		if (this.request != null) {
			fail("Too many requests");
		}
		this.request = message;
	}

	@Override
	public void onHalfClose() {
		Q message = this.request;
		if (message == null) {
			fail("Half-closed without a request");
		}
		else if (!this.broken) {
			this.complete.accept(message);
		}
	}

	private void fail(String description) {
		if (!this.broken) {
			this.broken = true;
			this.call.close(Status.INTERNAL.withDescription(description), new Metadata());
		}
	}

}
