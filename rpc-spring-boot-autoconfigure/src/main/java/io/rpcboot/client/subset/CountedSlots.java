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

package io.rpcboot.client.subset;

import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which numbers of consumers an assignment counts: those taken, and the lowest of the
 * free ones between them, as if somebody had them still. So a consumer that leaves
 * changes nothing for the others, and the one that comes in its place finds the place
 * kept.
 * <p>
 * At most a twelfth of the consumers, and one more, are counted so: the share of the
 * consumers who are there is uneven by no more than that.
 */
final class CountedSlots {

	private static final int CONSUMERS_PER_FREE_SLOT = 12;

	private CountedSlots() {
	}

	static int[] of(Collection<Integer> taken) {
		SortedSet<Integer> counted = new TreeSet<>(taken);
		int free = 1 + counted.size() / CONSUMERS_PER_FREE_SLOT;
		int last = counted.isEmpty() ? 0 : counted.last();
		for (int slot = 0; slot < last && free > 0; slot++) {
			if (counted.add(slot)) {
				free--;
			}
		}
		return counted.stream().mapToInt(Integer::intValue).toArray();
	}

}
