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
 * A membership among the consumers of an application, who know each other by numbers.
 */
public interface ConsumerGroup extends AutoCloseable {

	/**
	 * Leaves the group. Returns at once: the number becomes free in the background, or
	 * when the registry misses the consumer. Calling it again changes nothing.
	 */
	@Override
	void close();

	/**
	 * The numbers that are taken. Each member has another one, and keeps it as long as
	 * the registry sees it; who joins takes a low free one. A member that was away gets
	 * its number back, unless somebody else has taken it.
	 *
	 * @param own the number of this member, at least 0
	 * @param taken the numbers of all members, the own one among them
	 */
	record Slots(int own, Set<Integer> taken) {

		/**
		 * Copies the numbers and checks them.
		 */
		public Slots {
			taken = Set.copyOf(taken);
			if (own < 0 || !taken.contains(own)) {
				throw new IllegalArgumentException("own: " + own + " (expected: one of " + taken + ")");
			}
		}

	}

	/**
	 * Is told who is in the group.
	 */
	@FunctionalInterface
	interface Listener {

		/**
		 * Receives all numbers, first when this member has its own and the others' are
		 * known, then after each change. Not called while this member has none, or while
		 * the registry does not answer: what was told last stays valid. Called by one
		 * thread at a time, in the order of the changes; must not block.
		 * @param slots the numbers
		 */
		void onSlots(Slots slots);

	}

}
