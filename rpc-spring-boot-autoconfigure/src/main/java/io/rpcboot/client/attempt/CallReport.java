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

package io.rpcboot.client.attempt;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What became of the attempts of a call that failed, and why there was no other.
 *
 * @param attempts those that were sent, or for which no instance was found, in order
 * @param neverLeft how many more never left this process, because their connection had
 * gone
 * @param elapsed how long the call took
 * @param remaining what was left of its time, not below 0; {@code null} without a
 * deadline
 * @param timeoutOrigin the setting that its timeout comes from; {@code null} if the
 * caller set the deadline
 * @param reason why it was not retried
 */
public record CallReport(List<Attempt> attempts, int neverLeft, Duration elapsed, @Nullable Duration remaining,
		@Nullable String timeoutOrigin, Reason reason) {

	private static final int MOST_NAMED = 3;

	/**
	 * Copies the list.
	 */
	public CallReport {
		attempts = List.copyOf(attempts);
	}

	/**
	 * Finds the report of a call that failed.
	 * @param failure what the caller was told, such as a
	 * {@link io.grpc.StatusRuntimeException}
	 * @return the report; {@code null} if there is none, as for an answer of the
	 * application
	 */
	public static @Nullable CallReport from(@Nullable Throwable failure) {
		Throwable cause = failure;
		for (int depth = 0; cause != null && depth < 50; depth++) {
			CallReport report = ReportedFailure.reportIn(cause);
			if (report != null) {
				return report;
			}
			cause = cause.getCause();
		}
		return null;
	}

	/**
	 * Returns the report in a line.
	 * @return a short text
	 */
	public String describe() {
		StringBuilder text = new StringBuilder();
		if (this.attempts.size() == 1) {
			text.append("1 attempt in ");
		}
		else {
			text.append(this.attempts.size()).append(" attempts in ");
		}
		text.append(millis(this.elapsed)).append(" ms");
		if (!this.attempts.isEmpty()) {
			int first = Math.max(0, this.attempts.size() - MOST_NAMED);
			text.append(this.attempts.subList(first, this.attempts.size())
				.stream()
				.map(Attempt::describe)
				.collect(Collectors.joining(", ", (first > 0) ? ": …, " : ": ", "")));
		}
		if (this.remaining != null) {
			text.append("; ").append(millis(this.remaining)).append(" ms left");
		}
		if (this.timeoutOrigin != null) {
			text.append(" of ").append(this.timeoutOrigin);
		}
		return text.append("; not retried: ").append(this.reason.text()).toString();
	}

	private static long millis(Duration duration) {
		return TimeUnit.MILLISECONDS.convert(duration);
	}

	/**
	 * An attempt.
	 *
	 * @param instance the id of its instance; {@code null} if none was found, or the
	 * policy does not tell
	 * @param code how it ended
	 * @param mayHaveRun {@code false} if no code of the service ran for sure
	 * @param duration how long it took
	 */
	public record Attempt(@Nullable String instance, Status.Code code, boolean mayHaveRun, Duration duration) {

		private String describe() {
			return this.code + ((this.instance != null) ? " at " + this.instance : "")
					+ (this.mayHaveRun ? "" : " (not executed)");
		}

	}

	/**
	 * Why a call was not retried.
	 */
	public enum Reason {

		/** Its status is not one of those after which it is. */
		STATUS("not after this status"),

		/** It may have run, and nobody said that it may run twice. */
		MAY_HAVE_RUN("it may have run, and the method is not declared idempotent"),

		/** There was nobody to send it to. */
		NOBODY("no instance could be picked"),

		/** The connection refused it a second time. */
		REFUSED_AGAIN("refused a second time"),

		/** What was sent of the stream is not kept any more. */
		NOT_KEPT("the request is not kept any more"),

		/** A second attempt was under way. */
		HEDGED("a second attempt was under way"),

		/** It was made while serving a repeated attempt. */
		CHAIN_STOP("it was made for a call that is a retry itself"),

		/** The server asked for no other attempt. */
		PUSH_BACK("the server asked not to"),

		/** It may have run on an instance that has gone, and no other one knows. */
		INSTANCE_GONE("the instance that it may have run on has gone"),

		/** There were as many as are allowed. */
		MAX_ATTEMPTS("no more attempts are allowed"),

		/** What is left of its time is less than the wait. */
		DEADLINE("not enough time is left"),

		/** The budget of the target is used up. */
		BUDGET("the retry budget of the target is used up"),

		/** The application stops. */
		STOPPED("the application stops");

		private final String text;

		Reason(String text) {
			this.text = text;
		}

		String text() {
			return this.text;
		}

	}

}
