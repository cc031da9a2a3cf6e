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

package io.rpcboot.client.routing;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;

import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.routing.RoutingSettings.Label;
import org.jspecify.annotations.Nullable;

/**
 * Keeps calls in their lane, or with their tenant: to the instances with that tag, and
 * when there is none, unless it is strict, to those without the tag at all. No call ends
 * up in a lane that is not its own, and one without a lane in none.
 */
final class LabelFilter implements InstanceFilter {

	private final String name;

	private final Label label;

	private final Function<CallRoute, @Nullable String> ofCall;

	/**
	 * Creates a filter.
	 * @param name its name
	 * @param label the tag to look at
	 * @param ofCall returns the value that a call asks for
	 */
	LabelFilter(String name, Label label, Function<CallRoute, @Nullable String> ofCall) {
		this.name = name;
		this.label = label;
		this.ofCall = ofCall;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public List<Candidate> filter(List<Candidate> candidates, CallRoute route, List<Candidate> known) {
		String value = this.ofCall.apply(route);
		List<Candidate> labelled = with(value, candidates);
		return (labelled.isEmpty() && value != null && !this.label.strict()) ? with(null, candidates) : labelled;
	}

	private List<Candidate> with(@Nullable String value, List<Candidate> candidates) {
		return candidates.stream()
			.filter((candidate) -> Objects.equals(candidate.instance().tags().get(this.label.tag()), value))
			.toList();
	}

}
