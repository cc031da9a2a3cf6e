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

package io.rpcboot.registry.etcd;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;

/**
 * Reads jetcd's failures, which arrive in several shapes: as its own exception, as a gRPC
 * status inside a completion exception, or as the time-out of a future.
 */
final class EtcdErrors {

	private EtcdErrors() {
	}

	static Throwable unwrap(Throwable failure) {
		Throwable cause = failure;
		while ((cause instanceof CompletionException || cause instanceof ExecutionException)
				&& cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
	}

	static Status.Code code(Throwable failure) {
		Throwable cause = unwrap(failure);
		if (cause instanceof TimeoutException) {
			return Status.Code.DEADLINE_EXCEEDED;
		}
		if (cause instanceof EtcdException etcd) {
			return Status.Code.valueOf(etcd.getErrorCode().name());
		}
		return Status.fromThrowable(cause).getCode();
	}

	/**
	 * Says whether etcd was not reached, as opposed to having answered with a refusal.
	 */
	static boolean isSilence(Throwable failure) {
		return switch (code(failure)) {
			case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNKNOWN -> true;
			default -> false;
		};
	}

	/**
	 * Says whether etcd does not accept the user: something that waiting does not mend. A
	 * wrong password arrives as an invalid argument.
	 */
	static boolean isRefusal(Throwable failure) {
		return switch (code(failure)) {
			case UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT -> true;
			default -> false;
		};
	}

	static String text(Throwable failure) {
		Throwable cause = unwrap(failure);
		return (cause instanceof TimeoutException) ? "no answer in time" : String.valueOf(cause.getMessage());
	}

}
