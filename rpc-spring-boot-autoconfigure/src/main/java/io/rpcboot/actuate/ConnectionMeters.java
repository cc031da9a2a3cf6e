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

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.connection.ConnectionStatistics;

/**
 * The meters of a server's connections in one meter registry.
 */
final class ConnectionMeters {

	private final RpcServerLifecycle server;

	private final MeterRegistry registry;

	ConnectionMeters(RpcServerLifecycle server, MeterRegistry registry) {
		this.server = server;
		this.registry = registry;
	}

	void bind() {
		Gauge
			.builder("rpc.server.connections.open", this.server, (lifecycle) -> (double) lifecycle.connections().open())
			.description("How many connections are open")
			.register(this.registry);
		for (String reason : ConnectionStatistics.NONE.refused().keySet()) {
			FunctionCounter
				.builder("rpc.server.connections.refused", this.server,
						(lifecycle) -> lifecycle.connections().refused().getOrDefault(reason, 0L))
				.tag("rpc.reason", reason)
				.description("How often a limit closed a connection or cancelled a call")
				.register(this.registry);
		}
	}

}
