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
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Which exception becomes which status where nobody says otherwise. The first row of
 * which the exception is an instance decides; any other exception is INTERNAL, without
 * its message.
 */
final class ExceptionTable {

	/**
	 * The rows. A {@link CancellationException} is an {@link IllegalStateException}, so
	 * it comes before.
	 */
	static final List<Row> ROWS = List.of(new Row(IllegalArgumentException.class, Status.Code.INVALID_ARGUMENT),
			new Row(CancellationException.class, Status.Code.CANCELLED),
			new Row(IllegalStateException.class, Status.Code.FAILED_PRECONDITION),
			new Row(NoSuchElementException.class, Status.Code.NOT_FOUND),
			new Row(UnsupportedOperationException.class, Status.Code.UNIMPLEMENTED),
			new Row(SecurityException.class, Status.Code.PERMISSION_DENIED),
			new Row(TimeoutException.class, Status.Code.DEADLINE_EXCEEDED));

	private ExceptionTable() {
	}

	static Status map(Throwable exception) {
		Throwable cause = unwrap(exception);
		for (Row row : ROWS) {
			if (row.type().isInstance(cause)) {
				return row.code().toStatus().withDescription(description(cause));
			}
		}
		return Status.INTERNAL.withDescription("The service failed");
	}

	/**
	 * Takes off what only says that the exception came from another thread.
	 */
	static Throwable unwrap(Throwable exception) {
		Throwable unwrapped = exception;
		while ((unwrapped instanceof CompletionException || unwrapped instanceof ExecutionException)
				&& unwrapped.getCause() != null) {
			unwrapped = unwrapped.getCause();
		}
		return unwrapped;
	}

	/**
	 * The exception's message, unless it is only that of its cause, which begins with a
	 * class name.
	 */
	private static @Nullable String description(Throwable exception) {
		String message = exception.getMessage();
		Throwable cause = exception.getCause();
		return (message == null || (cause != null && message.equals(cause.toString()))) ? null
				: TrailerLimit.cut(message);
	}

	/**
	 * A row of the table.
	 *
	 * @param type the exceptions
	 * @param code their status
	 */
	record Row(Class<? extends Exception> type, Status.Code code) {

	}

}
