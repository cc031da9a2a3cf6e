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

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;

/**
 * Stands before a method that is not deduplicated. A client that takes it for
 * deduplicated sends again what may have run; nobody here knows whether it did, so it is
 * answered ABORTED.
 */
final class UnmarkedMethodInterceptor implements ServerInterceptor {

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		if (!mayHaveRunElsewhere(headers)) {
			return next.startCall(call, headers);
		}
		call.close(Status.ABORTED.withDescription(
				"The call may have run, and is not run again: " + call.getMethodDescriptor().getFullMethodName()
						+ " is not deduplicated here (rpc.server.deduplication.methods)"),
				new Metadata());
		return new ServerCall.Listener<>() {
		};
	}

	private static boolean mayHaveRunElsewhere(Metadata headers) {
		String attempt = headers.get(RpcMetadata.ATTEMPT);
		return attempt != null && !attempt.endsWith(";") && headers.containsKey(RpcMetadata.REQUEST_ID);
	}

}
