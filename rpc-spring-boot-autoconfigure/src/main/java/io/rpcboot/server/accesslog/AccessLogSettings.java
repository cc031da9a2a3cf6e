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

package io.rpcboot.server.accesslog;

import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Which calls have a line in the log.
 *
 * @param enabled whether each call has one
 * @param slowThreshold the time from which a unary call has one for being slow, above 0;
 * {@code null} for never
 * @param exclude full names of services or methods whose calls have none
 */
public record AccessLogSettings(boolean enabled, @Nullable Duration slowThreshold, Set<String> exclude) {

	boolean isExcluded(String fullMethodName) {
		int slash = fullMethodName.lastIndexOf('/');
		return this.exclude.contains(fullMethodName)
				|| (slash > 0 && this.exclude.contains(fullMethodName.substring(0, slash)));
	}

	/**
	 * Returns the time from which a call is slow.
	 */
	long slowNanos() {
		return (this.slowThreshold != null) ? this.slowThreshold.toNanos() : Long.MAX_VALUE;
	}

}
