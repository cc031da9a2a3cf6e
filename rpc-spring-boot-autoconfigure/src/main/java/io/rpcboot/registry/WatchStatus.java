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

package io.rpcboot.registry;

import java.util.Set;

/**
 * How the set of instances that a watch last told came about.
 *
 * @param state what the set rests on
 * @param instances how many instances are in the set
 * @param quarantined the ids of those whose record has gone in a way that speaks against
 * the registry rather than against them; they stay in the set, and are called while their
 * connection and health are good
 */
public record WatchStatus(State state, int instances, Set<String> quarantined) {

	/**
	 * Copies the ids.
	 */
	public WatchStatus {
		quarantined = Set.copyOf(quarantined);
	}

	/**
	 * What a set rests on.
	 */
	public enum State {

		/**
		 * Nothing: there is no set yet.
		 */
		PENDING,

		/**
		 * The registry, which answers.
		 */
		CURRENT,

		/**
		 * The registry, which does not answer at present.
		 */
		STALE,

		/**
		 * A file that an earlier run wrote: the registry has not answered since this one
		 * began.
		 */
		SNAPSHOT

	}

}
