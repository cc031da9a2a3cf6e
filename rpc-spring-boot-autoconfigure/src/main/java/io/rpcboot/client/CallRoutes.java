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

package io.rpcboot.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.rpcboot.client.routing.CallRoute;
import org.jspecify.annotations.Nullable;

/**
 * The routes of calls that differ only in lane and tenant, such as those of one method of
 * one reference. The same lane and tenant give the same object, without allocation and
 * without a lock.
 * <p>
 * Lanes and tenants come from the wire, so only so many are kept: a call beyond them is
 * given a route of its own.
 */
final class CallRoutes {

	/** Pairs of lane and tenant that are kept. */
	static final int MAX_KEPT = 256;

	private final CallRoute withoutLabels;

	/** By lane, then by tenant, empty for none: a key for both would be an allocation. */
	private final Map<String, Map<String, CallRoute>> kept = new ConcurrentHashMap<>();

	private final AtomicInteger places = new AtomicInteger(MAX_KEPT);

	/**
	 * Creates routes.
	 * @param policy the load balancing policy; {@code null} for that of the channel
	 * @param version the version to call; {@code null} for any
	 * @param tags tags that an instance must have
	 */
	CallRoutes(@Nullable String policy, @Nullable String version, Map<String, String> tags) {
		this.withoutLabels = (policy == null && version == null && tags.isEmpty()) ? CallRoute.NONE
				: new CallRoute(policy, null, null, version, tags);
	}

	/**
	 * Returns the route of a call. Called on the thread that makes it.
	 * @param options what the call says
	 * @return the route; {@link CallRoute#NONE} if nothing decides where it may go
	 */
	CallRoute route(CallOptions options) {
		Context context = Context.current();
		String lane = CarriedHeaders.lane(options, context);
		String tenant = CarriedHeaders.tenant(options, context);
		return (lane == null && tenant == null) ? this.withoutLabels : labelled(lane, tenant);
	}

	private CallRoute labelled(@Nullable String lane, @Nullable String tenant) {
		String laneKey = (lane != null) ? lane : "";
		String tenantKey = (tenant != null) ? tenant : "";
		Map<String, CallRoute> ofLane = this.kept.get(laneKey);
		CallRoute known = (ofLane != null) ? ofLane.get(tenantKey) : null;
		if (known != null) {
			return known;
		}
		CallRoute made = new CallRoute(this.withoutLabels.policy(), lane, tenant, this.withoutLabels.version(),
				this.withoutLabels.tags());
		return takePlace() ? keep(laneKey, tenantKey, made) : made;
	}

	private CallRoute keep(String laneKey, String tenantKey, CallRoute made) {
		CallRoute other = this.kept.computeIfAbsent(laneKey, (lane) -> new ConcurrentHashMap<>())
			.putIfAbsent(tenantKey, made);
		if (other == null) {
			return made;
		}
		this.places.incrementAndGet();
		return other;
	}

	/** Reads first: when all are taken, calls would fight for the counter. */
	private boolean takePlace() {
		if (this.places.get() <= 0) {
			return false;
		}
		if (this.places.decrementAndGet() >= 0) {
			return true;
		}
		this.places.incrementAndGet();
		return false;
	}

}
