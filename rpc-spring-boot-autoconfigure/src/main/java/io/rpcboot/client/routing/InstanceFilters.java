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

import io.rpcboot.client.routing.RoutingSettings.Label;
import io.rpcboot.client.routing.RoutingSettings.Preference;
import io.rpcboot.registry.ServiceInstance;

/**
 * The library's own filters. Their places are the constants of
 * {@link InstanceFilterOrder}.
 */
public final class InstanceFilters {

	private InstanceFilters() {
	}

	/**
	 * Leaves out who cannot be called or is about to leave.
	 * @return the filter {@code state}
	 */
	public static InstanceFilter state() {
		return new StateFilter();
	}

	/**
	 * Leaves out who has not the tags that the reference asks for.
	 * @return the filter {@code tags}
	 */
	public static InstanceFilter tags() {
		return new TagsFilter();
	}

	/**
	 * Keeps calls in their lane.
	 * @param label how lanes are found
	 * @return the filter {@code lane}
	 */
	public static InstanceFilter lane(Label label) {
		return new LabelFilter("lane", label, CallRoute::lane);
	}

	/**
	 * Keeps calls with their tenant.
	 * @param label how tenants are found
	 * @return the filter {@code tenant}
	 */
	public static InstanceFilter tenant(Label label) {
		return new LabelFilter("tenant", label, CallRoute::tenant);
	}

	/**
	 * Leaves out who has not the version that the reference asks for.
	 * @return the filter {@code version}
	 */
	public static InstanceFilter version() {
		return new VersionFilter();
	}

	/**
	 * Prefers the instances of one namespace while enough of them are healthy.
	 * @param preference the preference of an application, by its name
	 * @return the filter {@code namespace}, which is none for an application without a
	 * preferred one
	 */
	public static InstanceFilter namespace(Function<String, Preference> preference) {
		return new PreferredPlaces("namespace", preference, ServiceInstance::namespace);
	}

	/**
	 * Prefers the instances of the own zone while enough of them are healthy.
	 * @param preference the own zone; without one this is no filter for any application
	 * @return the filter {@code zone}
	 */
	public static InstanceFilter zone(Preference preference) {
		return new PreferredPlaces("zone", (application) -> preference, ServiceInstance::zone);
	}

	/**
	 * Returns the filters of calls to an application, where nothing else is configured.
	 * @param application the application
	 * @return the library's filters with their defaults, in their order
	 */
	public static List<InstanceFilter> standard(String application) {
		RoutingSettings settings = RoutingSettings.DEFAULT;
		return of(List.of(state(), tags(), lane(settings.lane()), tenant(settings.tenant()), version()), application);
	}

	/**
	 * Returns the filters of calls to an application.
	 * @param filters the filters of all, in their order
	 * @param application the application
	 * @return those that its calls need, in the same order
	 */
	public static List<InstanceFilter> of(List<InstanceFilter> filters, String application) {
		return filters.stream().map((filter) -> filter.forApplication(application)).filter(Objects::nonNull).toList();
	}

}
