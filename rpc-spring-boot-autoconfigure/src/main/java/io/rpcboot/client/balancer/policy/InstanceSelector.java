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

package io.rpcboot.client.balancer.policy;

/**
 * Selects among the candidates it was made for. Called for each attempt of each call, by
 * many threads at once: takes no lock and allocates nothing.
 */
@FunctionalInterface
public interface InstanceSelector {

	/** Returned when nobody can be selected. */
	int NONE = -1;

	/**
	 * Selects a candidate.
	 * @param hints what this call asks for; {@link PickHints#NONE} if nothing. Those to
	 * be avoided are selected only if there is nobody else
	 * @return the index in the list of candidates, or {@link #NONE}
	 */
	int select(PickHints hints);

	/**
	 * Takes note that candidates may have become usable, or no longer are. Called by one
	 * thread at a time, while others select, before another selector is made for that
	 * reason. Does nothing by default: a selector may ask the candidates each time.
	 */
	default void refresh() {
	}

}
