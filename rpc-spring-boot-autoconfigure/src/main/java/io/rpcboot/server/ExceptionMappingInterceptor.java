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

import java.util.NoSuchElementException;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.rpcboot.call.RpcMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.Ordered;

/**
 * Turns an exception of a service, thrown from any callback or handed to
 * {@code StreamObserver.onError}, into a status. It is logged once, with an id that the
 * client finds in the trailer {@code rpc-correlation-id}; no class name and no stack
 * trace leaves the process. A status exception is an answer and passes as it is, trailers
 * included.
 *
 * <table border="1">
 * <caption>Which exception becomes which status</caption>
 * <tr>
 * <td>{@link IllegalArgumentException}</td>
 * <td>INVALID_ARGUMENT</td>
 * </tr>
 * <tr>
 * <td>{@link IllegalStateException}</td>
 * <td>FAILED_PRECONDITION</td>
 * </tr>
 * <tr>
 * <td>{@link NoSuchElementException}</td>
 * <td>NOT_FOUND</td>
 * </tr>
 * <tr>
 * <td>{@link UnsupportedOperationException}</td>
 * <td>UNIMPLEMENTED</td>
 * </tr>
 * <tr>
 * <td>{@link SecurityException}</td>
 * <td>PERMISSION_DENIED</td>
 * </tr>
 * <tr>
 * <td>{@link TimeoutException}</td>
 * <td>DEADLINE_EXCEEDED</td>
 * </tr>
 * <tr>
 * <td>{@link CancellationException}</td>
 * <td>CANCELLED</td>
 * </tr>
 * <tr>
 * <td>any other</td>
 * <td>INTERNAL, without the exception's message</td>
 * </tr>
 * </table>
 */
final class ExceptionMappingInterceptor implements ServerInterceptor, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(ExceptionMappingInterceptor.class);

	@Override
	public int getOrder() {
		return ServerInterceptorOrder.EXCEPTION_MAPPING;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		MappingCall<Q, A> mapping = new MappingCall<>(call);
		try {
			return new MappingListener<>(next.startCall(mapping, headers), mapping);
		}
		catch (Exception ex) {
			mapping.fail(ex);
			return new ServerCall.Listener<>() {
			};
		}
	}

	static Status map(Throwable exception) {
		Throwable cause = unwrap(exception);
		Status.Code code = code(cause);
		return (code != Status.Code.INTERNAL) ? code.toStatus().withDescription(cause.getMessage())
				: Status.INTERNAL.withDescription("The service failed");
	}

	private static Status.Code code(Throwable exception) {
		if (exception instanceof IllegalArgumentException) {
			return Status.Code.INVALID_ARGUMENT;
		}
		if (exception instanceof CancellationException) {
			return Status.Code.CANCELLED;
		}
		if (exception instanceof IllegalStateException) {
			return Status.Code.FAILED_PRECONDITION;
		}
		if (exception instanceof NoSuchElementException) {
			return Status.Code.NOT_FOUND;
		}
		if (exception instanceof UnsupportedOperationException) {
			return Status.Code.UNIMPLEMENTED;
		}
		if (exception instanceof SecurityException) {
			return Status.Code.PERMISSION_DENIED;
		}
		if (exception instanceof TimeoutException) {
			return Status.Code.DEADLINE_EXCEEDED;
		}
		return Status.Code.INTERNAL;
	}

	private static Throwable unwrap(Throwable exception) {
		boolean wrapper = exception instanceof CompletionException || exception instanceof ExecutionException;
		return (wrapper && exception.getCause() != null) ? exception.getCause() : exception;
	}

	/**
	 * A call that can be failed by an exception, once.
	 */
	private static final class MappingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

		private boolean closed;

		MappingCall(ServerCall<Q, A> delegate) {
			super(delegate);
		}

		@Override
		public void close(Status status, Metadata trailers) {
			// What a service hands to onError arrives here as UNKNOWN with a cause.
			if (status.getCode() == Status.Code.UNKNOWN && status.getCause() != null
					&& !(status.getCause() instanceof StatusException)
					&& !(status.getCause() instanceof StatusRuntimeException)) {
				closeMapped(status.getCause(), trailers);
			}
			else {
				closeOnce(status, trailers);
			}
		}

		void fail(Throwable exception) {
			Throwable cause = unwrap(exception);
			Metadata trailers = Status.trailersFromThrowable(cause);
			if (cause instanceof StatusException || cause instanceof StatusRuntimeException) {
				closeOnce(Status.fromThrowable(cause), (trailers != null) ? trailers : new Metadata());
			}
			else {
				closeMapped(cause, new Metadata());
			}
		}

		private void closeMapped(Throwable exception, Metadata trailers) {
			Status status = map(exception);
			String id = UUID.randomUUID().toString();
			String method = getMethodDescriptor().getFullMethodName();
			if (status.getCode() == Status.Code.INTERNAL) {
				logger.error("{} failed [rpc-correlation-id {}]", method, id, exception);
			}
			else {
				logger.warn("{} answered {} [rpc-correlation-id {}]", method, status.getCode(), id, exception);
			}
			trailers.put(RpcMetadata.CORRELATION_ID, id);
			closeOnce(status, trailers);
		}

		private void closeOnce(Status status, Metadata trailers) {
			if (!this.closed) {
				this.closed = true;
				super.close(status, trailers);
			}
		}

	}

	private static final class MappingListener<Q, A> extends SimpleForwardingServerCallListener<Q> {

		private final MappingCall<Q, A> call;

		MappingListener(ServerCall.Listener<Q> delegate, MappingCall<Q, A> call) {
			super(delegate);
			this.call = call;
		}

		@Override
		public void onMessage(Q message) {
			try {
				super.onMessage(message);
			}
			catch (Exception ex) {
				this.call.fail(ex);
			}
		}

		@Override
		public void onHalfClose() {
			try {
				super.onHalfClose();
			}
			catch (Exception ex) {
				this.call.fail(ex);
			}
		}

		@Override
		public void onReady() {
			try {
				super.onReady();
			}
			catch (Exception ex) {
				this.call.fail(ex);
			}
		}

		@Override
		public void onCancel() {
			try {
				super.onCancel();
			}
			catch (Exception ex) {
				this.call.fail(ex);
			}
		}

		@Override
		public void onComplete() {
			try {
				super.onComplete();
			}
			catch (Exception ex) {
				this.call.fail(ex);
			}
		}

	}

}
