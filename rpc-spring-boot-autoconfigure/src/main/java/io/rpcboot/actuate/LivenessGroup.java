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

package io.rpcboot.actuate;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.AdditionalPathsMapper;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;

/**
 * Keeps this library's contributors out of the health group {@code liveness}: a process
 * that drains, or whose callees are away, must not be killed for that. Says so once, if
 * somebody has put them there.
 */
public final class LivenessGroup implements HealthEndpointGroupsPostProcessor {

	static final List<String> CONTRIBUTORS = List.of("rpcServer", "rpcRegistry", "rpcReferences");

	private static final String LIVENESS = "liveness";

	private static final Logger logger = LoggerFactory.getLogger(LivenessGroup.class);

	@Override
	public HealthEndpointGroups postProcessHealthEndpointGroups(HealthEndpointGroups groups) {
		HealthEndpointGroup liveness = groups.get(LIVENESS);
		List<String> members = (liveness != null) ? CONTRIBUTORS.stream().filter(liveness::isMember).toList()
				: List.of();
		if (liveness == null || members.isEmpty()) {
			return groups;
		}
		logger.warn(
				"{} are left out of the health group 'liveness' (management.endpoint.health.group.liveness): "
						+ "to restart this process would not mend what they tell. Put them into 'readiness' at most",
				members);
		return new Groups(groups, new Group(liveness));
	}

	/**
	 * The groups, with another liveness.
	 *
	 * @param groups all others
	 * @param liveness the liveness
	 */
	private record Groups(HealthEndpointGroups groups,
			HealthEndpointGroup liveness) implements HealthEndpointGroups, AdditionalPathsMapper {

		/**
		 * Boot asks the bean of the groups for the paths of groups, too.
		 */
		@Override
		public @Nullable List<String> getAdditionalPaths(EndpointId endpoint, WebServerNamespace namespace) {
			return (this.groups instanceof AdditionalPathsMapper mapper)
					? mapper.getAdditionalPaths(endpoint, namespace) : null;
		}

		@Override
		public HealthEndpointGroup getPrimary() {
			return this.groups.getPrimary();
		}

		@Override
		public Set<String> getNames() {
			return this.groups.getNames();
		}

		@Override
		public @Nullable HealthEndpointGroup get(String name) {
			return name.equals(LIVENESS) ? this.liveness : this.groups.get(name);
		}

	}

	/**
	 * A group without the contributors.
	 *
	 * @param group with them
	 */
	private record Group(HealthEndpointGroup group) implements HealthEndpointGroup {

		@Override
		public boolean isMember(String name) {
			return !CONTRIBUTORS.contains(name) && this.group.isMember(name);
		}

		@Override
		public boolean showComponents(SecurityContext securityContext) {
			return this.group.showComponents(securityContext);
		}

		@Override
		public boolean showDetails(SecurityContext securityContext) {
			return this.group.showDetails(securityContext);
		}

		@Override
		public StatusAggregator getStatusAggregator() {
			return this.group.getStatusAggregator();
		}

		@Override
		public HttpCodeStatusMapper getHttpCodeStatusMapper() {
			return this.group.getHttpCodeStatusMapper();
		}

		@Override
		public @Nullable AdditionalHealthEndpointPath getAdditionalPath() {
			return this.group.getAdditionalPath();
		}

	}

}
