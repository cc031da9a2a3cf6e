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

package io.rpcboot.server.error;

import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.rpcboot.call.RpcError;
import io.rpcboot.call.RpcMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * A call that can be failed by an exception, once.
 *
 * @param <Q> the type of request messages
 * @param <A> the type of response messages
 */
final class MappingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

	private static final Logger logger = LoggerFactory.getLogger(ExceptionMappingInterceptor.class);

	@SuppressWarnings("rawtypes")
	private static final AtomicIntegerFieldUpdater<MappingCall> CLOSED = AtomicIntegerFieldUpdater
		.newUpdater(MappingCall.class, "closed");

	/** 1 when the service has ended the call. */
	private volatile int closed;

	private final List<RpcExceptionResolver> resolvers;

	private final Metadata headers;

	MappingCall(ServerCall<Q, A> delegate, List<RpcExceptionResolver> resolvers, Metadata headers) {
		super(delegate);
		this.resolvers = resolvers;
		this.headers = headers;
	}

	@Override
	public void close(Status status, Metadata trailers) {
		if (status.isOk()) {
			closeOnce(status, trailers);
			return;
		}
		Throwable cause = status.getCause();
		// A bare UNKNOWN with a cause is what becomes of an exception in onError. With
		// details, or a status exception in the cause, it is an answer that is handed on.
		if (status.getCode() == Status.Code.UNKNOWN && status.getDescription() == null && cause != null
				&& !trailers.containsKey(RpcError.DETAILS) && Status.fromThrowable(cause).getCause() == cause) {
			closeMapped(cause, trailers);
		}
		else {
			closeAnswer(status, trailers);
		}
	}

	/**
	 * Ends the call with what an exception means.
	 */
	void fail(Throwable exception) {
		closeMapped(exception, null);
		if (exception instanceof OutOfMemoryError error) {
			throw error;
		}
	}

	private void closeMapped(Throwable exception, @Nullable Metadata trailers) {
		Throwable unwrapped = ExceptionTable.unwrap(exception);
		StatusRuntimeException answer = null;
		String id = CorrelationId.of(exception);
		MDC.put(RpcMetadata.CORRELATION_ID.name(), id);
		try {
			if (!isAnswer(unwrapped)) {
				answer = resolve(unwrapped);
			}
			if (answer != null) {
				logResolved(answer.getStatus(), id, exception);
				closeFailed(answer.getStatus(), merged(trailers, answer.getTrailers()), id);
				return;
			}
			Status known = Status.fromThrowable(exception);
			if (known.getCause() != exception) {
				closeAnswer(known, merged(trailers, Status.trailersFromThrowable(exception)));
				return;
			}
			Status status = ExceptionTable.map(exception);
			logMapped(status, id, exception);
			closeFailed(status, merged(trailers, null), id);
		}
		finally {
			MDC.remove(RpcMetadata.CORRELATION_ID.name());
		}
	}

	/**
	 * Ends the call with a status that the service chose.
	 */
	private void closeAnswer(Status status, Metadata trailers) {
		if (isFault(status) && status.getCause() != null) {
			String id = CorrelationId.of(trailers);
			logger.error("{} answered {} [rpc-correlation-id {}]", method(), status.getCode(), id, status.getCause());
			closeFailed(status, merged(null, trailers), id);
		}
		else {
			Metadata own = merged(null, trailers);
			closeOnce(TrailerLimit.fit(status, own), own);
		}
	}

	private void closeFailed(Status status, Metadata trailers, String id) {
		CorrelationId.put(trailers, id);
		closeOnce(TrailerLimit.fit(status, trailers), trailers);
	}

	private void closeOnce(Status status, Metadata trailers) {
		// A service may close from a thread of its own while its handler throws.
		if (this.closed == 0 && CLOSED.compareAndSet(this, 0, 1)) {
			super.close(status, trailers);
		}
	}

	private @Nullable StatusRuntimeException resolve(Throwable exception) {
		for (RpcExceptionResolver resolver : this.resolvers) {
			try {
				StatusRuntimeException answer = resolver.resolve(exception, getMethodDescriptor(), this.headers);
				if (answer != null && answer.getStatus().isOk()) {
					throw new IllegalStateException("status: OK (expected: an error, or null)");
				}
				if (answer != null) {
					return answer;
				}
			}
			catch (Throwable ex) {
				logger.error("{} cannot resolve the {} of {}; the default table decides", resolver,
						exception.getClass().getName(), method(), ex);
				return null;
			}
		}
		return null;
	}

	/**
	 * What was foreseen is a line, what is the server's fault a stack trace.
	 */
	private void logResolved(Status status, String id, Throwable exception) {
		if (isFault(status)) {
			logger.error("{} failed [rpc-correlation-id {}]", method(), id, exception);
		}
		else {
			logger.info("{} answered {} [rpc-correlation-id {}]: {}", method(), status.getCode(), id,
					exception.toString());
		}
	}

	private void logMapped(Status status, String id, Throwable exception) {
		if (status.getCode() == Status.Code.INTERNAL) {
			logger.error("{} failed [rpc-correlation-id {}]", method(), id, exception);
		}
		else {
			logger.warn("{} answered {} [rpc-correlation-id {}]", method(), status.getCode(), id, exception);
		}
	}

	private String method() {
		return getMethodDescriptor().getFullMethodName();
	}

	private static boolean isAnswer(Throwable exception) {
		return exception instanceof StatusRuntimeException || exception instanceof StatusException;
	}

	private static boolean isFault(Status status) {
		return switch (status.getCode()) {
			case UNKNOWN, INTERNAL, DATA_LOSS -> true;
			default -> false;
		};
	}

	/**
	 * Trailers may belong to an exception that several calls end with.
	 */
	private static Metadata merged(@Nullable Metadata one, @Nullable Metadata other) {
		Metadata merged = new Metadata();
		if (one != null) {
			merged.merge(one);
		}
		if (other != null) {
			merged.merge(other);
		}
		return merged;
	}

}
