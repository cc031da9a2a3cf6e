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

package io.rpcboot.client.balancer.simulation;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * How often each server was called for the time that it served, in percent of the mean.
 *
 * @param byServer the shares, in the order of the ids
 */
record Shares(Map<String, Double> byServer) {

	static Shares of(Collection<SimulatedServer> servers, ToIntFunction<SimulatedServer> calls, long from, long until) {
		long served = servers.stream().mapToLong((server) -> server.servedWithin(from, until)).sum();
		double mean = servers.stream().mapToInt(calls).sum() / (double) served;
		Map<String, Double> shares = new TreeMap<>();
		for (SimulatedServer server : servers) {
			long own = server.servedWithin(from, until);
			if (own > 0) {
				shares.put(server.id(), 100.0 * calls.applyAsInt(server) / own / mean);
			}
		}
		return new Shares(shares);
	}

	double least(Predicate<String> ids) {
		return this.byServer.keySet().stream().filter(ids).mapToDouble(this.byServer::get).min().orElse(0);
	}

	double most(Predicate<String> ids) {
		return this.byServer.keySet().stream().filter(ids).mapToDouble(this.byServer::get).max().orElse(0);
	}

	/**
	 * Returns the smallest and the largest share of some.
	 */
	String range(Predicate<String> ids) {
		if (this.byServer.keySet().stream().noneMatch(ids)) {
			return "";
		}
		long least = Math.round(least(ids));
		long most = Math.round(most(ids));
		return (least == most) ? Long.toString(least) : least + "–" + most;
	}

}
