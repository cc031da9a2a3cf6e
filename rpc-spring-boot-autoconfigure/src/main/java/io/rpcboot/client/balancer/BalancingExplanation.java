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

package io.rpcboot.client.balancer;

import java.time.Duration;
import java.util.List;

import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * Why calls of one route go where they go, at one moment.
 *
 * @param application the application that is called
 * @param policy the load balancing policy of the route
 * @param route what of a call decides
 * @param failure why no instance can be picked; {@code null} if one can
 * @param instances every known instance, in the order of the ids
 * @param placement where the calls of the key go that was asked for; {@code null} if none
 * was
 */
public record BalancingExplanation(String application, String policy, CallRoute route, @Nullable String failure,
		List<Instance> instances, @Nullable Placement placement) {

	/**
	 * Copies the list.
	 */
	public BalancingExplanation {
		instances = List.copyOf(instances);
	}

	/**
	 * Where the calls of one hash key go.
	 *
	 * @param key the key, as a text
	 * @param owner id of the instance that the key belongs to, whether or not it can be
	 * called; {@code null} if the policy does not place by key, or no known instance is
	 * on the route
	 * @param instance id of the instance that a call of the key goes to at this moment;
	 * {@code null} if it would fail or wait
	 * @param reason why the call does not go to the owner; {@code null} if it does
	 */
	public record Placement(String key, @Nullable String owner, @Nullable String instance, @Nullable String reason) {

	}

	/**
	 * What is known of one instance.
	 *
	 * @param instance its record
	 * @param candidate whether the policy may pick it
	 * @param reason why it may not: the state of its connection, its ejection, or the
	 * filter that left it out; {@code null} for a candidate
	 * @param weight its share relative to the others', slow start included
	 * @param score what {@code p2c} compares, the lesser wins: latency in nanoseconds
	 * times calls in flight, by weight
	 * @param inFlight calls and streams that are open
	 * @param latency the peak EWMA of its latency; zero when not known
	 * @param connection the best state of its connections: {@code READY},
	 * {@code NOT_SERVING} for one that is connected while its health says otherwise,
	 * {@code CONNECTING}, {@code IDLE}, {@code TRANSIENT_FAILURE}, or {@code NONE}
	 * outside the subset
	 * @param connections the state of each of its connections, in the same words; empty
	 * outside the subset
	 * @param ejectedFor how long it stays ejected; zero if the next sweep ends that,
	 * {@code null} if it is not ejected
	 */
	public record Instance(ServiceInstance instance, boolean candidate, @Nullable String reason, double weight,
			double score, int inFlight, Duration latency, String connection, List<String> connections,
			@Nullable Duration ejectedFor) {

		/**
		 * Copies the list.
		 */
		public Instance {
			connections = List.copyOf(connections);
		}

	}

}
