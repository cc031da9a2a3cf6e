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

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a call, for as many attempts as ask for it.
 *
 * @param <A> the type of the response
 * @param headers the response headers, if any
 * @param bytes the serialized response, if any
 * @param message the response itself, if any
 * @param status the status, with its cause
 * @param trailers the trailers
 */
record Answer<A>(@Nullable Metadata headers, @Nullable ByteString bytes, @Nullable A message, Status status,
		Metadata trailers) {

	static <A> Answer<A> of(Status status) {
		return new Answer<>(null, null, null, status, new Metadata());
	}

	static <A> Answer<A> of(RecordedCall call, MethodDescriptor<?, A> method) {
		ByteString bytes = call.message();
		return new Answer<>(call.headers(), bytes, (bytes != null) ? method.parseResponse(bytes.newInput()) : null,
				call.status(), call.trailers());
	}

	/**
	 * Returns what is to be kept of the answer. What only this server may say is left
	 * out: it would be a callee's claim, handed on by the service.
	 */
	RecordedCall recorded(String fingerprint) {
		return new RecordedCall(fingerprint, (this.headers != null) ? withoutClaims(this.headers) : null, this.bytes,
				this.status.withCause(null), withoutClaims(this.trailers));
	}

	/**
	 * Answers one attempt, unless it is cancelled.
	 */
	void sendTo(ServerCall<?, A> call) {
		if (call.isCancelled()) {
			return;
		}
		if (this.headers != null || this.message != null) {
			call.sendHeaders((this.headers != null) ? copy(this.headers) : new Metadata());
		}
		if (this.message != null) {
			call.sendMessage(this.message);
		}
		call.close(this.status, copy(this.trailers));
	}

	private static Metadata withoutClaims(Metadata metadata) {
		Metadata kept = copy(metadata);
		kept.discardAll(RpcMetadata.NOT_EXECUTED);
		kept.discardAll(RpcMetadata.DRAIN);
		kept.discardAll(RpcMetadata.RETRY_PUSHBACK);
		kept.discardAll(RpcMetadata.INSTANCE);
		return kept;
	}

	private static Metadata copy(Metadata metadata) {
		Metadata copy = new Metadata();
		copy.merge(metadata);
		return copy;
	}

}
