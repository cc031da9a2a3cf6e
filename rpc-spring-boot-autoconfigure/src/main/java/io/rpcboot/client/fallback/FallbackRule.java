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

package io.rpcboot.client.fallback;

import java.util.Set;

import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Who answers the calls of a method that have failed.
 *
 * @param application the application that was called
 * @param bean the name of the bean that answers
 * @param target the bean
 * @param statuses the statuses for which it does
 * @param counts what became of the calls to the application
 */
record FallbackRule(String application, String bean, FallbackTarget target, Set<Status.Code> statuses,
		FallbackCounts counts) {

	boolean concerns(Status status) {
		return this.statuses.contains(status.getCode());
	}

	/**
	 * Returns how a call ends whose fallback has failed too: as the fallback did, with
	 * the first failure in the text and among the exceptions. What the fallback threw is
	 * the cause of a new exception: it may be one that others throw too.
	 * @param failure how the call itself ended
	 * @param own how the fallback ended
	 * @return the status
	 */
	Status failed(Status failure, Status own) {
		String reason = "The fallback '" + this.bean + "' of " + this.application + " failed"
				+ ((own.getDescription() != null) ? ": " + own.getDescription() : "") + "; it was asked as the call "
				+ "ended with " + failure.getCode()
				+ ((failure.getDescription() != null) ? ": " + failure.getDescription() : "");
		Throwable first = failure.asRuntimeException(new Metadata());
		Throwable cause = own.getCause();
		if (cause == null) {
			return own.withDescription(reason).withCause(first);
		}
		FallbackFailure failed = new FallbackFailure(reason, cause);
		failed.addSuppressed(first);
		return own.withDescription(reason).withCause(failed);
	}

}
