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

import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Reads jetcd's failures, which arrive in several shapes: as its own exception, as a gRPC
 * status inside a completion exception, or as the time-out of a future.
 */
final class EtcdErrors {

	private EtcdErrors() {
	}

	static Throwable unwrap(Throwable failure) {
		Throwable inner = failure.getCause();
		boolean wrapper = failure instanceof CompletionException || failure instanceof ExecutionException
				|| isFailedLogIn(failure);
		return (wrapper && inner != null) ? unwrap(inner) : failure;
	}

	/**
	 * jetcd reports any failure to get a token as an authentication that failed, without
	 * a text and with the reason as the cause: an etcd that is away is one too.
	 */
	private static boolean isFailedLogIn(Throwable failure) {
		if (failure instanceof EtcdException etcd) {
			return etcd.getErrorCode() == ErrorCode.UNAUTHENTICATED && etcd.getMessage() == null;
		}
		return failure instanceof StatusRuntimeException status
				&& status.getStatus().getCode() == Status.Code.UNAUTHENTICATED
				&& status.getStatus().getDescription() == null;
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
			case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNKNOWN, INTERNAL -> true;
			default -> false;
		};
	}

	/**
	 * Says whether the client that the failure came from is of no more use: there is no
	 * connection, or its channel failed inside, after which all that it says is INTERNAL.
	 */
	static boolean isBroken(Throwable failure) {
		Status.Code code = code(failure);
		return code == Status.Code.UNAVAILABLE || code == Status.Code.INTERNAL;
	}

	/**
	 * Says whether etcd does not accept the user: something that waiting does not mend. A
	 * wrong password and a missing one arrive as invalid arguments, a user that an etcd
	 * without authentication was not asked for as a failed precondition.
	 */
	static boolean isRefusal(Throwable failure) {
		return switch (code(failure)) {
			case UNAUTHENTICATED, PERMISSION_DENIED -> true;
			case INVALID_ARGUMENT, FAILED_PRECONDITION ->
				text(failure).contains("authentication") || text(failure).contains("user name is empty");
			default -> false;
		};
	}

	/**
	 * Says whether etcd knows no such user with such a password. It says so of a user
	 * alone: an etcd that has forgotten a token, or that may do without any, says another
	 * thing.
	 */
	static boolean isUnknownUser(Throwable failure) {
		return code(failure) == Status.Code.INVALID_ARGUMENT && text(failure).contains("authentication failed");
	}

	/**
	 * Says whether the failure is one of those that neither silence nor refusal explains,
	 * and that the log would not know of.
	 */
	static boolean isUnexpected(Throwable failure) {
		return !isSilence(failure) && !isRefusal(failure);
	}

	/**
	 * Returns the reason in one line.
	 */
	static String text(Throwable failure) {
		Throwable cause = unwrap(failure);
		if (cause instanceof TimeoutException) {
			return "no answer in time";
		}
		String noConnection = isSilence(cause) ? ConnectFailure.text(cause) : null;
		return (noConnection != null) ? noConnection
				: String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
	}

}
