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

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.admission.Refusal;

import org.springframework.core.Ordered;

/**
 * Guards what only the starter may say on the wire. It strips {@code rpc-not-executed},
 * {@code rpc-drain} and the retry push-back from whatever a service returns: an error of
 * a callee that a service hands on must not claim that <em>this</em> instance did not run
 * the call. It adds the instance's id, {@code rpc-drain} while draining, and
 * {@code rpc-not-executed} and the push-back to the starter's own {@link Refusal
 * refusals}.
 */
final class WireGuardInterceptor implements ServerInterceptor, Ordered {

	private final CallTracker calls;

	/** Encoded once. */
	private final Metadata instance = new Metadata();

	WireGuardInterceptor(CallTracker calls, String instanceId) {
		this.calls = calls;
		this.instance.put(RpcMetadata.INSTANCE, instanceId);
	}

	@Override
	public int getOrder() {
		return ServerInterceptorOrder.WIRE_GUARD;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		return next.startCall(new GuardedCall<>(call), headers);
	}

	private final class GuardedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

		GuardedCall(ServerCall<Q, A> delegate) {
			super(delegate);
		}

		@Override
		public void sendHeaders(Metadata headers) {
			guard(headers);
			headers.merge(WireGuardInterceptor.this.instance);
			super.sendHeaders(headers);
		}

		@Override
		public void close(Status status, Metadata trailers) {
			guard(trailers);
			Refusal refusal = Refusal.of(status);
			if (refusal != null) {
				trailers.put(RpcMetadata.NOT_EXECUTED, RpcMetadata.SET);
				if (refusal.saysPushBack()) {
					trailers.put(RpcMetadata.RETRY_PUSHBACK, Long.toString(refusal.pushBackMillis()));
				}
			}
			super.close(status, trailers);
		}

		private void guard(Metadata metadata) {
			metadata.discardAll(RpcMetadata.NOT_EXECUTED);
			metadata.discardAll(RpcMetadata.DRAIN);
			metadata.discardAll(RpcMetadata.RETRY_PUSHBACK);
			if (WireGuardInterceptor.this.calls.isDraining()) {
				metadata.put(RpcMetadata.DRAIN, RpcMetadata.SET);
			}
		}

	}

}
