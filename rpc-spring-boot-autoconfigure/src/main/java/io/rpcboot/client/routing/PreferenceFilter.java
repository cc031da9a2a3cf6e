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
import java.util.function.Function;

import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * Prefers the instances of one zone, or of one namespace, while enough of them are
 * healthy, so that those who remain are not overrun by what the others leave. Otherwise
 * everybody is called: to leave out the own ones then would take away what is scarce.
 */
final class PreferenceFilter implements InstanceFilter {

	private final String name;

	private final String own;

	private final Function<ServiceInstance, @Nullable String> place;

	private final int minHealthy;

	/**
	 * Creates a filter.
	 * @param name its name
	 * @param own the place that is preferred
	 * @param place returns where an instance is
	 * @param minHealthy the least percentage of the instances there that must be usable
	 */
	PreferenceFilter(String name, String own, Function<ServiceInstance, @Nullable String> place, int minHealthy) {
		this.name = name;
		this.own = own;
		this.place = place;
		this.minHealthy = minHealthy;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public boolean dependsOnConsumer() {
		return true;
	}

	@Override
	public List<Candidate> filter(List<Candidate> candidates, CallRoute route, List<Candidate> known) {
		if (!isHealthy(known)) {
			return candidates;
		}
		List<Candidate> preferred = candidates.stream().filter(this::isOwn).toList();
		return preferred.isEmpty() ? candidates : preferred;
	}

	/**
	 * Those about to leave do not count, as they will not when they have left: a rolling
	 * restart, in which they stand beside their successors, sends no call elsewhere.
	 */
	private boolean isHealthy(List<Candidate> known) {
		int staying = 0;
		int usable = 0;
		for (Candidate candidate : known) {
			if (isOwn(candidate) && candidate.instance().state() != InstanceState.DRAINING) {
				staying++;
				usable += candidate.isUsable() ? 1 : 0;
			}
		}
		return usable > 0 && 100L * usable >= (long) this.minHealthy * staying;
	}

	private boolean isOwn(Candidate candidate) {
		return this.own.equals(this.place.apply(candidate.instance()));
	}

}
