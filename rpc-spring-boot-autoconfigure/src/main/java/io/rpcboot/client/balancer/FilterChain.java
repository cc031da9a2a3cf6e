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

package io.rpcboot.client.balancer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.client.routing.InstanceFilter;
import org.jspecify.annotations.Nullable;

/**
 * What the filters leave for one route.
 *
 * @param left who remains, in the order of the ids
 * @param emptiedBy the filter that left out the last ones; {@code null} if some remain
 * @param before how many there were before that filter
 * @param leftOutBy by instance id, the name of the filter that left it out
 */
record FilterChain(List<Candidate> left, @Nullable String emptiedBy, int before, Map<String, String> leftOutBy) {

	/**
	 * Asks one filter after the other.
	 * @param filters in their order
	 * @param candidates who is there before the first
	 * @param route what of the call decides
	 * @param known every instance
	 * @param sameEverywhere whether filters that depend on the consumer are left out
	 * @return what is left
	 */
	static FilterChain of(List<InstanceFilter> filters, List<? extends Candidate> candidates, CallRoute route,
			List<? extends Candidate> known, boolean sameEverywhere) {
		List<Candidate> left = List.copyOf(candidates);
		List<Candidate> all = List.copyOf(known);
		Map<String, String> leftOutBy = new HashMap<>();
		for (InstanceFilter filter : filters) {
			if (sameEverywhere && filter.dependsOnConsumer()) {
				continue;
			}
			List<Candidate> before = left;
			left = List.copyOf(filter.filter(before, route, all));
			if (left.size() < before.size()) {
				note(before, left, filter.name(), leftOutBy);
			}
			if (left.isEmpty()) {
				return new FilterChain(left, filter.name(), before.size(), leftOutBy);
			}
		}
		return new FilterChain(left, null, left.size(), leftOutBy);
	}

	private static void note(List<Candidate> before, List<Candidate> left, String filter,
			Map<String, String> leftOutBy) {
		List<Candidate> out = new ArrayList<>(before);
		out.removeAll(new HashSet<>(left));
		out.forEach((candidate) -> leftOutBy.put(candidate.instance().id(), filter));
	}

}
