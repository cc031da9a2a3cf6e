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

package io.rpcboot.call;

import java.time.Duration;

import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What a server says about the next attempt of a call that it failed: how long to wait,
 * or that there must be none.
 * <p>
 * The trailer {@code grpc-retry-pushback-ms} counts first (gRFC A6: a number of
 * milliseconds; anything else, a negative one included, forbids another attempt), then
 * the detail {@code google.rpc.RetryInfo}. The starter's servers strip the trailer from
 * what services return and leave the detail: it is how a service asks its callers to
 * wait.
 *
 * @param allowed whether there may be another attempt, as far as the server is concerned
 * @param delayNanos how long to wait before it, in nanoseconds, from 0; 0 if there must
 * be none
 */
public record RetryPushback(boolean allowed, long delayNanos) {

	private static final RetryPushback FORBIDDEN = new RetryPushback(false, 0);

	/**
	 * Reads the push-back of a failed call. Costs a look into the trailers where there is
	 * none.
	 * @param trailers the trailers
	 * @return the push-back; {@code null} if the server says nothing
	 */
	public static @Nullable RetryPushback of(Metadata trailers) {
		String millis = trailers.get(RpcMetadata.RETRY_PUSHBACK);
		if (millis != null) {
			return ofHeader(millis);
		}
		if (!trailers.containsKey(RpcError.DETAILS)) {
			return null;
		}
		Duration delay = RpcError.of(Status.UNKNOWN, trailers).retryDelay();
		return (delay != null) ? new RetryPushback(true, nanos(delay)) : null;
	}

	private static RetryPushback ofHeader(String text) {
		try {
			long millis = Integer.parseInt(text.strip());
			return (millis >= 0) ? new RetryPushback(true, millis * 1_000_000) : FORBIDDEN;
		}
		catch (NumberFormatException ex) {
			return FORBIDDEN;
		}
	}

	private static long nanos(Duration delay) {
		try {
			return delay.toNanos();
		}
		catch (ArithmeticException ex) {
			return Long.MAX_VALUE;
		}
	}

}
