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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.rpcboot.client.RpcChannels;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.client.balancer.BalancingCounts;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.WatchStatus;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Tells whether each application that references name has an instance that can be called.
 * DOWN if one has none, unless that application is optional. What the registry does is
 * not asked: while the last set serves, all is well. Good for readiness at most: to
 * restart this process brings no other one back.
 */
public final class RpcReferencesHealthIndicator implements HealthIndicator {

	private static final int NAMED = 20;

	private final RpcChannels channels;

	private final BalancerContext balancing;

	private final ServiceDiscovery discovery;

	private final Set<String> optional;

	/**
	 * Creates the indicator.
	 * @param channels the channels
	 * @param balancing what they share
	 * @param discovery the registry
	 * @param optional applications without which this one is well
	 */
	public RpcReferencesHealthIndicator(RpcChannels channels, BalancerContext balancing, ServiceDiscovery discovery,
			Set<String> optional) {
		this.channels = channels;
		this.balancing = balancing;
		this.discovery = discovery;
		this.optional = Set.copyOf(optional);
	}

	@Override
	public Health health() {
		Map<String, BalancingCounts> counts = this.balancing.counts();
		Map<String, WatchStatus> watches = this.discovery.watches();
		Map<String, Object> applications = new LinkedHashMap<>();
		int down = 0;
		int missing = 0;
		for (String application : this.channels.applications()) {
			BalancingCounts known = counts.get(application);
			State state = state(known, watches.get(application));
			missing += (state == State.DOWN) ? 1 : 0;
			down += (state == State.DOWN && !this.optional.contains(application)) ? 1 : 0;
			if (applications.size() < NAMED) {
				applications.put(application, detail(state, known, this.optional.contains(application)));
			}
		}
		return ((down > 0) ? Health.down() : Health.up()).withDetail("called", this.channels.applications().size())
			.withDetail("withoutInstance", missing)
			.withDetail("applications", applications)
			.build();
	}

	/**
	 * Of a channel that balances by a policy of gRPC's nothing is known, nor of one whose
	 * application has not been looked up yet.
	 */
	private static State state(@Nullable BalancingCounts known, @Nullable WatchStatus watch) {
		if (known == null) {
			return (watch != null && watch.state() == WatchStatus.State.PENDING) ? State.DOWN : State.UNKNOWN;
		}
		if (known.usable() > 0) {
			return State.UP;
		}
		return (known.connecting() > 0) ? State.CONNECTING : State.DOWN;
	}

	private static Map<String, Object> detail(State state, @Nullable BalancingCounts known, boolean optional) {
		Map<String, Object> detail = new LinkedHashMap<>();
		detail.put("state", state.name());
		if (known != null) {
			detail.put("usable", known.usable());
			detail.put("ejected", known.ejected());
			detail.put("connecting", known.connecting());
			detail.put("other", known.other());
		}
		if (optional) {
			detail.put("optional", true);
		}
		return detail;
	}

	private enum State {

		UP, CONNECTING, UNKNOWN, DOWN

	}

}
