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

import java.util.Objects;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Answers calls that no handler will see.
 *
 * @param guard puts on the answer what every answer carries
 * @param admission says what the answer is
 */
record Refusals(ServerInterceptor guard, Admission admission) {

	/**
	 * Returns the answer to a call that the executor of its service rejected.
	 */
	Status rejected(MethodDescriptor<?, ?> method) {
		return this.admission.rejected(method);
	}

	<Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, Metadata headers, Status status) {
		return this.guard.interceptCall(call, headers, (guarded, unused) -> {
			guarded.close(status, new Metadata());
			return new ServerCall.Listener<>() {
			};
		});
	}

	/**
	 * Starts a call as gRPC does: what is thrown becomes the answer, and is thrown on to
	 * be logged.
	 */
	static <Q, A> ServerCall.Listener<Q> startCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		try {
			ServerCall.Listener<Q> listener = next.startCall(call, headers);
			return Objects.requireNonNull(listener, () -> noListener(call));
		}
		catch (Throwable ex) {
			close(call, Status.fromThrowable(ex));
			throw ex;
		}
	}

	static String noListener(ServerCall<?, ?> call) {
		return "startCall() returned a null listener for method " + call.getMethodDescriptor().getFullMethodName();
	}

	/**
	 * Closes a call, unless it is closed already.
	 */
	static void close(ServerCall<?, ?> call, Status status) {
		try {
			call.close(status, new Metadata());
		}
		catch (IllegalStateException ex) {
			// It was answered before it failed.
		}
	}

}
