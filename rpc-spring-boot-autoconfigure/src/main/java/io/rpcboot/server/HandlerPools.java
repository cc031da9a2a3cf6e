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

package io.rpcboot.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;

import io.rpcboot.dispatch.ServerDispatch;
import io.rpcboot.server.admission.AdmissionStatistics;

/**
 * The pools of handlers that have names, and which services run on them.
 */
final class HandlerPools implements AutoCloseable {

	/** The name of the server's own executor in statistics. */
	static final String DEFAULT = "default";

	private final Map<String, HandlerThreads> pools = new LinkedHashMap<>();

	private final Map<String, List<String>> services = new LinkedHashMap<>();

	private final Map<String, IntSupplier> waiting = new LinkedHashMap<>();

	/**
	 * Makes the pools; no thread is started yet.
	 */
	HandlerPools(Map<String, RpcServerSettings.Pool> settings) {
		settings.forEach((name, pool) -> this.pools.put(name, HandlerThreads.pool("rpc.server.executors.[" + name + "]",
				"rpc-" + name + "-", pool.threads(), pool.queueCapacity())));
	}

	Set<String> names() {
		return this.pools.keySet();
	}

	void assign(String service, String pool) {
		this.services.computeIfAbsent(pool, (name) -> new ArrayList<>()).add(service);
	}

	/**
	 * Lets the services run on their pools.
	 */
	void route(ServerDispatch dispatch) {
		this.pools.forEach((name, pool) -> this.waiting.put(name,
				dispatch.route(pool.executor(), pool, this.services.getOrDefault(name, List.of()))));
	}

	/**
	 * Reads the counters.
	 */
	void statistics(Map<String, AdmissionStatistics.Executor> target) {
		this.pools.forEach((name, pool) -> {
			IntSupplier count = this.waiting.get(name);
			target.put(name, pool.statistics((count != null) ? count.getAsInt() : 0));
		});
	}

	@Override
	public void close() {
		this.pools.values().forEach(HandlerThreads::close);
	}

}
