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

import java.util.List;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import org.springframework.core.Ordered;

/**
 * Turns an exception of a service, thrown from any callback or handed to
 * {@code StreamObserver.onError}, into a status: by what {@link RpcExceptionResolver}s
 * say, else by that of its cause which is a status exception, else by the default table.
 * It is logged once, with an id that the client finds in the trailer
 * {@code rpc-correlation-id}; no class name and no stack trace leaves the process. A
 * request stream that has failed gets no further message.
 * <p>
 * A status exception is an answer and passes as it is, trailers included. Only one of the
 * server's faults (UNKNOWN, INTERNAL, DATA_LOSS) that has a cause is logged under an id
 * too: the cause stays in the process, and the log is where it can be seen.
 * <p>
 * An error is cut to what clients accept, 8 kB.
 */
public final class ExceptionMappingInterceptor implements ServerInterceptor, Ordered {

	private final List<RpcExceptionResolver> resolvers;

	private final int order;

	/**
	 * Creates the interceptor.
	 * @param resolvers are asked in this order
	 * @param order its place
	 */
	public ExceptionMappingInterceptor(List<RpcExceptionResolver> resolvers, int order) {
		this.resolvers = List.copyOf(resolvers);
		this.order = order;
	}

	@Override
	public int getOrder() {
		return this.order;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		MappingCall<Q, A> mapping = new MappingCall<>(call, this.resolvers, headers);
		try {
			return new MappingListener<>(next.startCall(mapping, headers), mapping);
		}
		catch (Throwable ex) {
			mapping.fail(ex);
			return new ServerCall.Listener<>() {
			};
		}
	}

}
