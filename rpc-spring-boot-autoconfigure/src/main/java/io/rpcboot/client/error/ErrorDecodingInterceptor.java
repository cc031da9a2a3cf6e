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

package io.rpcboot.client.error;

import java.util.List;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.call.RpcError;
import io.rpcboot.client.attempt.ReportedFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the exception that the application has for an error into the status, as its cause.
 * Inside of all interceptors of users, so that they see it, and outside of the attempts,
 * so that only the last one is decoded. Costs a call that ends well two small objects,
 * and nothing where there are no decoders: it is not installed then.
 */
public final class ErrorDecodingInterceptor implements ClientInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(ErrorDecodingInterceptor.class);

	private final List<RpcErrorDecoder> decoders;

	/**
	 * Creates the interceptor.
	 * @param decoders are asked in this order
	 */
	public ErrorDecodingInterceptor(List<RpcErrorDecoder> decoders) {
		this.decoders = List.copyOf(decoders);
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
			@Override
			public void start(Listener<A> listener, Metadata headers) {
				super.start(new DecodingListener<>(listener), headers);
			}
		};
	}

	private Status decoded(Status status, Metadata trailers) {
		RpcError error = RpcError.of(status, trailers);
		for (RpcErrorDecoder decoder : this.decoders) {
			Throwable exception = decode(decoder, error);
			if (exception != null) {
				if (status.getCause() instanceof ReportedFailure report) {
					report.giveWayTo(exception);
				}
				return status.withCause(exception);
			}
		}
		return status;
	}

	private static @Nullable Throwable decode(RpcErrorDecoder decoder, RpcError error) {
		try {
			return decoder.decode(error);
		}
		catch (Exception | LinkageError ex) {
			logger.warn("{} cannot decode the error {}", decoder, error, ex);
			return null;
		}
	}

	private final class DecodingListener<A> extends SimpleForwardingClientCallListener<A> {

		DecodingListener(ClientCall.Listener<A> delegate) {
			super(delegate);
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			super.onClose(isOfCallee(status) ? decoded(status, trailers) : status, trailers);
		}

		private static boolean isOfCallee(Status status) {
			return !status.isOk() && (status.getCause() == null || ReportedFailure.isAll(status.getCause()));
		}

	}

}
