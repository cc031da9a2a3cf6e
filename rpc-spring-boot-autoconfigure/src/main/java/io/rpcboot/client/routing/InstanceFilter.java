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

import io.rpcboot.client.balancer.policy.Candidate;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out instances that a call must not go to. Beans of this type are asked one after
 * the other in their order, each about what the one before has left; the places of the
 * library's own are in {@link InstanceFilterOrder}.
 */
public interface InstanceFilter {

	/**
	 * Returns the name by which errors and explanations call the filter.
	 * @return such as {@code zone}
	 */
	String name();

	/**
	 * Filters. Called whenever the set or what can be called has changed, once for each
	 * route, on any thread; must not block.
	 * @param candidates what the filters before have left, in the order of their ids
	 * @param route what of the call decides
	 * @param known every instance of the application in any state, for shares of it
	 * @return those of the candidates that remain, in the same order; an empty list fails
	 * the call, and the error names the filter
	 */
	List<Candidate> filter(List<Candidate> candidates, CallRoute route, List<Candidate> known);

	/**
	 * Returns the filter for calls to one application. Called once for each channel, on
	 * any thread.
	 * @param application the application that is called
	 * @return this filter by default; {@code null} if those calls need none
	 */
	default @Nullable InstanceFilter forApplication(String application) {
		return this;
	}

	/**
	 * Returns whether the answer depends on which consumer asks. Such filters are left
	 * out for a policy under which every consumer must come to the same result.
	 * @return {@code false} by default
	 */
	default boolean dependsOnConsumer() {
		return false;
	}

}
