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

package io.rpcboot.client;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Tells whether a call has a stream on a connection at this moment. Known from the event
 * loop, so also while the executor of the call is busy.
 */
final class OpenStream extends ClientStreamTracer.Factory {

	private volatile boolean open;

	boolean isOpen() {
		return this.open;
	}

	@Override
	public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
		return new ClientStreamTracer() {
			@Override
			public void streamCreated(Attributes transportAttributes, Metadata attemptHeaders) {
				OpenStream.this.open = true;
			}

			@Override
			public void streamClosed(Status status) {
				OpenStream.this.open = false;
			}
		};
	}

}
