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

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;

/**
 * Runs the calls of one method once each. A call without an id runs as any other.
 */
final class RunOnceInterceptor implements ServerInterceptor {

	private final Arrivals arrivals;

	private final DeduplicationHost host;

	private final Consumer<RequestKey> acknowledged;

	private final boolean otherInstances;

	/**
	 * Creates the interceptor.
	 * @param arrivals takes the attempts
	 * @param host the server
	 * @param acknowledged is told the calls whose answers have come
	 * @param otherInstances whether a later attempt may run although the first one went
	 * to another instance
	 */
	RunOnceInterceptor(Arrivals arrivals, DeduplicationHost host, Consumer<RequestKey> acknowledged,
			boolean otherInstances) {
		this.arrivals = arrivals;
		this.host = host;
		this.acknowledged = acknowledged;
		this.otherInstances = otherInstances;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		RequestIds ids;
		try {
			ids = RequestIds.of(headers);
		}
		catch (IllegalArgumentException ex) {
			call.close(this.host.notExecuted(Status.INVALID_ARGUMENT.withDescription(ex.getMessage())), new Metadata());
			return new ServerCall.Listener<>() {
			};
		}
		ids.acknowledged().forEach(this.acknowledged);
		RequestKey key = ids.key();
		if (key == null) {
			return next.startCall(call, headers);
		}
		boolean elsewhere = this.otherInstances && !headers.containsKey(RpcMetadata.SAME_INSTANCE);
		return new GatheringListener<>(call, (request) -> this.arrivals.take(key, ids.attempt(), elsewhere,
				new Attempt<>(call, Context.current()), request, (detached) -> next.startCall(detached, headers)));
	}

}
