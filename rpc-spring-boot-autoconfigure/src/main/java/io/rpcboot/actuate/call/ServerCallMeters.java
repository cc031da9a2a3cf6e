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

package io.rpcboot.actuate.call;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Meters the calls of a server as gRFC A66 has it: {@code grpc.server.call.started},
 * {@code .duration}, {@code .sent_total_compressed_message_size} and
 * {@code .rcvd_total_compressed_message_size}, by {@code grpc.method} and
 * {@code grpc.status}. A tracer sits below every interceptor, so the status is the one
 * that went to the client, also of calls that were refused before any code of the service
 * ran. A method that is not served is {@code other}, since its name is the client's
 * choice.
 * <p>
 * Costs a tracer and four recordings a call; the meters of a method are looked up by its
 * name, and by status in an array.
 */
public final class ServerCallMeters extends ServerStreamTracer.Factory {

	private final MeterRegistry registry;

	private final LongSupplier nanoTime;

	private final Map<String, StreamMeters> methods = new ConcurrentHashMap<>();

	/**
	 * Creates the meters; each is registered when it is needed first.
	 * @param registry where they are registered
	 */
	public ServerCallMeters(MeterRegistry registry) {
		this(registry, System::nanoTime);
	}

	ServerCallMeters(MeterRegistry registry, LongSupplier nanoTime) {
		this.registry = registry;
		this.nanoTime = nanoTime;
	}

	@Override
	public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
		return new CallTracer();
	}

	private StreamMeters meters(String method) {
		StreamMeters meters = this.methods.get(method);
		return (meters != null) ? meters : this.methods.computeIfAbsent(method,
				(name) -> StreamMeters.ofServer(CallTags.ofMethod(this.registry, name)));
	}

	/**
	 * Follows one call. The sizes are plain fields: the thread that writes replies hands
	 * them to the one that ends the stream. Where a client goes meanwhile, the last
	 * message may not be counted, which is harmless.
	 */
	private final class CallTracer extends ServerStreamTracer {

		private final long startNanos = ServerCallMeters.this.nanoTime.getAsLong();

		private @Nullable StreamMeters meters;

		private long sent;

		private long received;

		/** Not called for a method that is not served. */
		@Override
		public void serverCallStarted(ServerCallInfo<?, ?> call) {
			begin(CallTags.method(call.getMethodDescriptor()));
		}

		@Override
		public void outboundWireSize(long bytes) {
			this.sent += bytes;
		}

		@Override
		public void inboundWireSize(long bytes) {
			this.received += bytes;
		}

		@Override
		public void streamClosed(Status status) {
			StreamMeters known = this.meters;
			((known != null) ? known : begin(CallTags.OTHER)).ended(status.getCode(),
					ServerCallMeters.this.nanoTime.getAsLong() - this.startNanos, this.sent, this.received);
		}

		private StreamMeters begin(String method) {
			StreamMeters found = meters(method);
			this.meters = found;
			found.started();
			return found;
		}

	}

}
