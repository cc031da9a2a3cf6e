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
import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.Ordered;

/**
 * Turns an exception of a service, thrown from any callback or handed to
 * {@code StreamObserver.onError}, into a status. It is logged once, with an id that the
 * client finds in the trailer {@code rpc-correlation-id}; no class name and no stack
 * trace leaves the process. A status exception is an answer and passes as it is, trailers
 * included, also as the cause of another exception. A request stream that has failed gets
 * no further message.
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

	/**
	 * The longest description, in characters: percent-encoded, the longest still fits in
	 * the 8 kB of headers that clients accept by default.
	 */
	private static final int MAX_DESCRIPTION = 512;

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
		catch (Throwable ex) {
			mapping.fail(ex);
			return new ServerCall.Listener<>() {
			};
		}
	}

	static Status map(Throwable exception) {
		Throwable cause = unwrap(exception);
		Status.Code code = code(cause);
		return (code != Status.Code.INTERNAL) ? code.toStatus().withDescription(description(cause))
				: Status.INTERNAL.withDescription("The service failed");
	}

	/**
	 * The exception's message, unless it is only that of its cause, which begins with a
	 * class name.
	 */
	private static @Nullable String description(Throwable exception) {
		String message = exception.getMessage();
		Throwable cause = exception.getCause();
		if (message == null || (cause != null && message.equals(cause.toString()))) {
			return null;
		}
		return (message.length() <= MAX_DESCRIPTION) ? message : message.substring(0, MAX_DESCRIPTION) + "…";
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
		Throwable unwrapped = exception;
		while ((unwrapped instanceof CompletionException || unwrapped instanceof ExecutionException)
				&& unwrapped.getCause() != null) {
			unwrapped = unwrapped.getCause();
		}
		return unwrapped;
	}

	/**
	 * A call that can be failed by an exception, once.
	 */
	private static final class MappingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

		private final AtomicBoolean closed = new AtomicBoolean();

		MappingCall(ServerCall<Q, A> delegate) {
			super(delegate);
		}

		@Override
		public void close(Status status, Metadata trailers) {
			// A bare UNKNOWN with a cause is what a service hands to onError.
			Throwable cause = status.getCause();
			if (status.getCode() == Status.Code.UNKNOWN && status.getDescription() == null && cause != null) {
				closeMapped(cause, trailers);
			}
			else {
				closeOnce(status, trailers);
			}
		}

		void fail(Throwable exception) {
			Status status = Status.fromThrowable(exception);
			if (status.getCause() == exception) {
				closeMapped(exception, new Metadata());
			}
			else {
				Metadata trailers = Status.trailersFromThrowable(exception);
				closeOnce(status, (trailers != null) ? trailers : new Metadata());
			}
			if (exception instanceof OutOfMemoryError error) {
				throw error;
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
			// A service may close from a thread of its own while its handler throws.
			if (this.closed.compareAndSet(false, true)) {
				super.close(status, trailers);
			}
		}

	}

	private static final class MappingListener<Q, A> extends SimpleForwardingServerCallListener<Q> {

		private final MappingCall<Q, A> call;

		private boolean failed;

		MappingListener(ServerCall.Listener<Q> delegate, MappingCall<Q, A> call) {
			super(delegate);
			this.call = call;
		}

		@Override
		public void onMessage(Q message) {
			try {
				if (!this.failed) {
					super.onMessage(message);
				}
			}
			catch (Throwable ex) {
				fail(ex);
			}
		}

		@Override
		public void onHalfClose() {
			try {
				if (!this.failed) {
					super.onHalfClose();
				}
			}
			catch (Throwable ex) {
				fail(ex);
			}
		}

		@Override
		public void onReady() {
			try {
				if (!this.failed) {
					super.onReady();
				}
			}
			catch (Throwable ex) {
				fail(ex);
			}
		}

		@Override
		public void onCancel() {
			try {
				super.onCancel();
			}
			catch (Throwable ex) {
				fail(ex);
			}
		}

		@Override
		public void onComplete() {
			try {
				super.onComplete();
			}
			catch (Throwable ex) {
				fail(ex);
			}
		}

		private void fail(Throwable exception) {
			this.failed = true;
			this.call.fail(exception);
		}

	}

}
