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
import io.rpcboot.client.routing.RoutingSettings.Preference;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * Makes the {@link PreferenceFilter} of each application.
 *
 * @param name its name
 * @param preference the place that an application prefers
 * @param place returns where an instance is
 */
record PreferredPlaces(String name, Function<String, Preference> preference,
		Function<ServiceInstance, @Nullable String> place) implements InstanceFilter {

	@Override
	public @Nullable InstanceFilter forApplication(String application) {
		Preference preferred = this.preference.apply(application);
		String own = preferred.own();
		return (own != null) ? new PreferenceFilter(this.name, own, this.place, preferred.minHealthy()) : null;
	}

	@Override
	public boolean dependsOnConsumer() {
		return true;
	}

	/**
	 * Leaves all: nothing is preferred as long as no application is named.
	 */
	@Override
	public List<Candidate> filter(List<Candidate> candidates, CallRoute route, List<Candidate> known) {
		return candidates;
	}

}
