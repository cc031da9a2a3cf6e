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
import java.util.TreeMap;

import io.rpcboot.client.RpcChannels;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.client.balancer.BalancingCounts;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.WatchStatus;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Tells whether each application that references name has an instance that can be called.
 * OUT_OF_SERVICE if one that is required has none; {@link #DEGRADED}, which takes nobody
 * out of traffic, if another has none: a callee that is down must not take down its
 * callers, and theirs. What the registry does is not asked: while the last set serves,
 * all is well. Good for readiness at most: to restart this process brings no other one
 * back.
 */
public final class RpcReferencesHealthIndicator implements HealthIndicator {

	/**
	 * Some calls fail, the rest is well. Boot's aggregation passes over it and its HTTP
	 * mapping answers 200, unless the user maps it.
	 */
	public static final Status DEGRADED = new Status("DEGRADED");

	/**
	 * Stands for every application among those that are required.
	 */
	public static final String EVERY = "*";

	private static final int NAMED = 20;

	private final RpcChannels channels;

	private final BalancerContext balancing;

	private final ServiceDiscovery discovery;

	private final Set<String> required;

	/**
	 * Creates the indicator.
	 * @param channels the channels
	 * @param balancing what they share
	 * @param discovery the registry
	 * @param required applications without which this one is of no use, or
	 * {@value #EVERY}
	 */
	public RpcReferencesHealthIndicator(RpcChannels channels, BalancerContext balancing, ServiceDiscovery discovery,
			Set<String> required) {
		this.channels = channels;
		this.balancing = balancing;
		this.discovery = discovery;
		this.required = Set.copyOf(required);
	}

	@Override
	public Health health() {
		Map<String, BalancingCounts> counts = this.balancing.counts();
		Map<String, WatchStatus> watches = this.discovery.watches();
		Map<String, State> states = new TreeMap<>();
		this.channels.applications()
			.forEach((application) -> states.put(application,
					state(application, counts.get(application), watches.get(application))));
		Map<String, Object> named = new LinkedHashMap<>();
		states.entrySet()
			.stream()
			.filter((called) -> states.size() <= NAMED || called.getValue() != State.UP)
			.limit(NAMED)
			.forEach((called) -> named.put(called.getKey(),
					detail(called.getValue(), counts.get(called.getKey()), isRequired(called.getKey()))));
		return Health.status(status(states))
			.withDetail("called", states.size())
			.withDetail("withoutInstance", states.values().stream().filter((state) -> state == State.DOWN).count())
			.withDetail("applications", named)
			.build();
	}

	private Status status(Map<String, State> states) {
		Status status = Status.UP;
		for (Map.Entry<String, State> called : states.entrySet()) {
			if (called.getValue() == State.DOWN) {
				if (isRequired(called.getKey())) {
					return Status.OUT_OF_SERVICE;
				}
				status = DEGRADED;
			}
		}
		return status;
	}

	private boolean isRequired(String application) {
		return this.required.contains(application) || this.required.contains(EVERY);
	}

	/**
	 * Nothing is counted under a policy of gRPC's, nor before the first instance is
	 * known: then the channel tells. One whose registry has said nothing yet only looks
	 * as if it connected.
	 */
	private State state(String application, @Nullable BalancingCounts known, @Nullable WatchStatus watch) {
		if (known == null) {
			return (watch != null && watch.state() == WatchStatus.State.PENDING) ? State.DOWN
					: switch (this.channels.connection(application)) {
						case READY -> State.UP;
						case CONNECTING, IDLE -> State.CONNECTING;
						case TRANSIENT_FAILURE, SHUTDOWN -> State.DOWN;
					};
		}
		if (known.usable() > 0) {
			return State.UP;
		}
		return (known.connecting() > 0) ? State.CONNECTING : State.DOWN;
	}

	private static Map<String, Object> detail(State state, @Nullable BalancingCounts known, boolean required) {
		Map<String, Object> detail = new LinkedHashMap<>();
		detail.put("state", state.name());
		detail.put("required", required);
		if (known != null) {
			detail.put("usable", known.usable());
			detail.put("ejected", known.ejected());
			detail.put("connecting", known.connecting());
			detail.put("other", known.other());
		}
		return detail;
	}

	private enum State {

		UP, CONNECTING, DOWN

	}

}
