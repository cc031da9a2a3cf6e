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

/**
 * The places of server interceptors, outermost (lowest) first. A user's interceptor takes
 * a place between them by {@link org.springframework.core.annotation.Order @Order}.
 */
public final class ServerInterceptorOrder {

	/**
	 * Metrics and access log: outermost, to see the status that the client sees.
	 */
	public static final int OBSERVATION = -6000;

	/**
	 * The wire guard: headers and trailers that only the starter may set.
	 */
	public static final int WIRE_GUARD = -5000;

	/**
	 * The lane and the tenant of the request come into the context: whatever runs further
	 * in carries them on with the calls that it makes.
	 */
	public static final int CARRIED_CONTEXT = -4500;

	/**
	 * Limits of a user's own. The starter's look at the headers alone and refuse a call
	 * before any interceptor runs.
	 */
	public static final int ADMISSION = -4000;

	/**
	 * Who is calling.
	 */
	public static final int AUTHENTICATION = -3000;

	/**
	 * Limits by caller, after it is known who that is.
	 */
	public static final int CALLER_LIMIT = -2000;

	/**
	 * Calls that were sent before are answered without the service. What runs further in
	 * runs once for all attempts of a call.
	 */
	public static final int DEDUPLICATION = -1000;

	/**
	 * Exceptions become statuses. What runs further in may throw.
	 */
	public static final int EXCEPTION_MAPPING = 0;

	/**
	 * Checks of requests.
	 */
	public static final int VALIDATION = 1000;

	/**
	 * What holds for streams: their age, slow clients, and room for what is sent.
	 */
	public static final int STREAMS = WIRE_GUARD + 1;

	/**
	 * The logging context of handlers: within the interceptor that makes spans, so that
	 * it knows the trace.
	 */
	public static final int LOG_CONTEXT = OBSERVATION + 1;

	private ServerInterceptorOrder() {
	}

}
