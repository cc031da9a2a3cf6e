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

package io.rpcboot.registry.etcd;

import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Which number a consumer claims: the lowest free one. Each time that somebody else was
 * faster, one among two more, so that a thousand that start together need a few dozen
 * attempts and leave few numbers out.
 */
final class SlotChoice {

	private final RandomGenerator random;

	/** Numbers that turned out to be taken, of which the watch has not told yet. */
	private final Set<Integer> refused = new HashSet<>();

	private int lostRaces;

	SlotChoice(RandomGenerator random) {
		this.random = random;
	}

	int next(Set<Integer> taken) {
		int skip = this.random.nextInt(1 + 2 * this.lostRaces);
		int slot = 0;
		while (taken.contains(slot) || this.refused.contains(slot) || skip-- > 0) {
			slot++;
		}
		return slot;
	}

	/**
	 * Notes that somebody else was faster.
	 */
	void refused(int slot) {
		this.refused.add(slot);
		this.lostRaces++;
	}

	/**
	 * Notes that somebody else has the number that was one's own before: no race.
	 */
	void takenMeanwhile(int slot) {
		this.refused.add(slot);
	}

	void reset() {
		this.refused.clear();
		this.lostRaces = 0;
	}

}
