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

import java.util.NavigableMap;
import java.util.TreeMap;

import io.rpcboot.registry.ServiceInstance;

/**
 * The library's own filters.
 */
public final class InstanceFilters {

	private InstanceFilters() {
	}

	/**
	 * Returns the filters of an application: {@code state}, {@code tags}, {@code lane},
	 * {@code tenant} and {@code version}, then {@code namespace} and {@code zone} if one
	 * is preferred.
	 * @param settings what they go by
	 * @return the filters by their places, the constants of {@link InstanceFilterOrder},
	 * so that others can be put between them
	 */
	public static NavigableMap<Integer, InstanceFilter> standard(RoutingSettings settings) {
		NavigableMap<Integer, InstanceFilter> filters = new TreeMap<>();
		filters.put(InstanceFilterOrder.STATE, new StateFilter());
		filters.put(InstanceFilterOrder.TAGS, new TagsFilter());
		filters.put(InstanceFilterOrder.LANE, new LabelFilter("lane", settings.lane(), CallRoute::lane));
		filters.put(InstanceFilterOrder.TENANT, new LabelFilter("tenant", settings.tenant(), CallRoute::tenant));
		filters.put(InstanceFilterOrder.VERSION, new VersionFilter());
		String namespace = settings.namespace().own();
		if (namespace != null) {
			filters.put(InstanceFilterOrder.NAMESPACE, new PreferenceFilter("namespace", namespace,
					ServiceInstance::namespace, settings.namespace().minHealthy()));
		}
		String zone = settings.zone().own();
		if (zone != null) {
			filters.put(InstanceFilterOrder.ZONE,
					new PreferenceFilter("zone", zone, ServiceInstance::zone, settings.zone().minHealthy()));
		}
		return filters;
	}

}
