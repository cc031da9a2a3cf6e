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

import org.jspecify.annotations.Nullable;

/**
 * Carries a report as the cause of a status. The cause that was there before is its own.
 */
public final class ReportedFailure extends Exception {

	private static final long serialVersionUID = 1L;

	private transient volatile @Nullable CallReport report;

	ReportedFailure(CallReport report, @Nullable Throwable cause) {
		super(report.describe(), cause, false, false);
		this.report = report;
	}

	/**
	 * Tells whether a cause says no more than what became of the attempts, so that the
	 * status is what the callee said.
	 * @param cause the cause of a status
	 * @return whether it has no cause of its own
	 */
	public static boolean isAll(@Nullable Throwable cause) {
		return cause instanceof ReportedFailure && cause.getCause() == null;
	}

	/**
	 * Lets an exception take the place of this as the cause of a status. It then carries
	 * this among its suppressed exceptions, where {@link CallReport#from} finds the
	 * report. An exception that already carries one is thrown for several calls: it keeps
	 * none, as nobody could tell of which of them.
	 * @param exception the exception
	 */
	public void giveWayTo(Throwable exception) {
		boolean shared = false;
		for (Throwable suppressed : exception.getSuppressed()) {
			if (suppressed instanceof ReportedFailure earlier) {
				earlier.report = null;
				shared = true;
			}
		}
		if (!shared && exception != this) {
			exception.addSuppressed(this);
		}
	}

	static @Nullable CallReport reportIn(Throwable failure) {
		if (failure instanceof ReportedFailure reported) {
			return reported.report;
		}
		for (Throwable suppressed : failure.getSuppressed()) {
			if (suppressed instanceof ReportedFailure reported) {
				return reported.report;
			}
		}
		return null;
	}

}
