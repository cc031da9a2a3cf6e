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

package io.rpcboot.server.connection;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The connections of a server at one moment, and what was refused since it started.
 *
 * @param open how many are open
 * @param refused how often a limit closed a connection, or cancelled a call, by the last
 * part of the property that sets it, such as {@code max-connections}; all limits are
 * there
 */
public record ConnectionStatistics(int open, Map<String, Long> refused) {

	/**
	 * Of a server that does not run.
	 */
	public static final ConnectionStatistics NONE = new ConnectionStatistics(0,
			Arrays.stream(Limit.values()).collect(Collectors.toUnmodifiableMap(Limit::reason, (limit) -> 0L)));

}
