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

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Finds candidates by the id of their instance.
 */
final class CandidateIndex {

	private final Candidate[] candidates;

	/**
	 * Made at the first look-up, since most sets never see one. Two threads that make it
	 * at once make it alike.
	 */
	private volatile @Nullable Map<String, Integer> indexes;

	CandidateIndex(Candidate[] candidates) {
		this.candidates = candidates;
	}

	/**
	 * Finds whom a call prefers.
	 * @param hints what the call asks for
	 * @return the index, or {@link InstanceSelector#NONE} if it prefers nobody or that
	 * one cannot be called
	 */
	int preferred(PickHints hints) {
		String id = hints.preferred();
		if (id == null) {
			return InstanceSelector.NONE;
		}
		int index = indexes().getOrDefault(id, InstanceSelector.NONE);
		return (index != InstanceSelector.NONE && this.candidates[index].isUsable()) ? index : InstanceSelector.NONE;
	}

	private Map<String, Integer> indexes() {
		Map<String, Integer> known = this.indexes;
		if (known == null) {
			known = new HashMap<>();
			for (int index = 0; index < this.candidates.length; index++) {
				known.put(this.candidates[index].instance().id(), index);
			}
			this.indexes = known;
		}
		return known;
	}

}
