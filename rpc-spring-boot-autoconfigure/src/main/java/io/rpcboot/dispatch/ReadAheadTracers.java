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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerStreamTracer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the {@link InboundWindow} of a stream what the transport reads. gRPC makes the
 * tracer of a call just before it asks for the call's executor, on the same thread: that
 * is how the two find each other.
 */
final class ReadAheadTracers extends ServerStreamTracer.Factory {

	private static final ServerStreamTracer NONE = new ServerStreamTracer() {
	};

	private static final ThreadLocal<@Nullable WindowTracer> LATEST = new ThreadLocal<>();

	private final Set<String> streams = ConcurrentHashMap.newKeySet();

	void add(MethodDescriptor<?, ?> method) {
		if (!method.getType().clientSendsOneMessage()) {
			this.streams.add(method.getFullMethodName());
		}
	}

	@Override
	public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
		if (!this.streams.contains(fullMethodName)) {
			return NONE;
		}
		WindowTracer tracer = new WindowTracer(headers);
		LATEST.set(tracer);
		return tracer;
	}

	/**
	 * Returns the window of the call whose executor is being chosen.
	 * @param headers the call's headers
	 * @return the window; {@code null} if the call has none
	 */
	@Nullable InboundWindow claim(Metadata headers) {
		WindowTracer tracer = LATEST.get();
		LATEST.set(null);
		return (tracer != null && tracer.headers == headers) ? tracer.window : null;
	}

	private static final class WindowTracer extends ServerStreamTracer {

		private final Metadata headers;

		private final InboundWindow window = new InboundWindow();

		WindowTracer(Metadata headers) {
			this.headers = headers;
		}

		@Override
		public void inboundMessageRead(int sequence, long optionalWireSize, long optionalUncompressedSize) {
			this.window.onRead(optionalWireSize, optionalUncompressedSize);
		}

	}

}
