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

package io.rpcboot.server.accesslog;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.slf4j.MDC;

/**
 * Puts the method, the peer and the trace of a call into the logging context (MDC) while
 * its handler runs, as {@code rpc-method}, {@code rpc-peer} and {@code traceId}; and
 * tells the access log in which trace a call is served. It has to be within the
 * interceptor that makes spans. What a handler hands to other threads has to take the
 * logging context along by itself.
 */
public final class LogContext implements ServerInterceptor {

	static final String METHOD = "rpc-method";

	static final String PEER = "rpc-peer";

	/** The name that Micrometer's tracers and Spring Boot's patterns have for it. */
	static final String TRACE_ID = "traceId";

	private final boolean mdc;

	/**
	 * Creates the interceptor.
	 * @param mdc whether the logging context is filled; otherwise only the access log is
	 * told
	 */
	public LogContext(boolean mdc) {
		this.mdc = mdc;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		LoggedCall logged = LoggedCall.KEY.get();
		String traceId = MDC.get(TRACE_ID);
		if (logged != null && traceId != null) {
			logged.traceId(traceId);
		}
		if (!this.mdc) {
			return next.startCall(call, headers);
		}
		CallMdc values = new CallMdc(call.getMethodDescriptor().getFullMethodName(),
				PrintableText.address(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)), TraceId.of(headers));
		CallMdc.Scope scope = values.open();
		try {
			return new MdcListener<>(next.startCall(call, headers), values);
		}
		finally {
			scope.close();
		}
	}

	/**
	 * The events of a call, in its logging context.
	 */
	private static final class MdcListener<Q> extends SimpleForwardingServerCallListener<Q> {

		private final CallMdc values;

		MdcListener(ServerCall.Listener<Q> delegate, CallMdc values) {
			super(delegate);
			this.values = values;
		}

		@Override
		public void onMessage(Q message) {
			event(() -> super.onMessage(message));
		}

		@Override
		public void onHalfClose() {
			event(super::onHalfClose);
		}

		@Override
		public void onCancel() {
			event(super::onCancel);
		}

		@Override
		public void onComplete() {
			event(super::onComplete);
		}

		@Override
		public void onReady() {
			event(super::onReady);
		}

		private void event(Runnable event) {
			CallMdc.Scope scope = this.values.open();
			try {
				event.run();
			}
			finally {
				scope.close();
			}
		}

	}

}
