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

package io.rpcboot.server;

import java.util.function.Predicate;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.rpcboot.server.admission.ServerAdmission;

/**
 * Refuses the calls of callers that are over their rate. Stands behind authentication, so
 * a caller can be known by more than what it says.
 */
final class CallerLimitInterceptor implements ServerInterceptor {

	private final ServerAdmission admission;

	private final Predicate<Metadata> known;

	/**
	 * Creates the interceptor.
	 * @param admission knows the rates
	 * @param known says by the headers of a call that it runs already or has run, so that
	 * it is answered whatever its caller has used up
	 */
	CallerLimitInterceptor(ServerAdmission admission, Predicate<Metadata> known) {
		this.admission = admission;
		this.known = known;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		Status refusal = this.known.test(headers) ? null : this.admission.admitCaller(call, headers);
		if (refusal == null) {
			return next.startCall(call, headers);
		}
		call.close(refusal, new Metadata());
		return new ServerCall.Listener<>() {
		};
	}

}
