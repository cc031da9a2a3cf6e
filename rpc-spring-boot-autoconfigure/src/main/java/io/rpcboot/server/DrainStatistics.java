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
 * What became of calls while the server drained, over all its drains.
 *
 * @param served calls that began while it drained
 * @param late those of them that began after the listener was closed
 * @param forced calls that were cut off at the end
 */
public record DrainStatistics(long served, long late, long forced) {

	/**
	 * Of a server that has not drained.
	 */
	public static final DrainStatistics NONE = new DrainStatistics(0, 0, 0);

	DrainStatistics plus(DrainStatistics other) {
		return new DrainStatistics(this.served + other.served, this.late + other.late, this.forced + other.forced);
	}

}
