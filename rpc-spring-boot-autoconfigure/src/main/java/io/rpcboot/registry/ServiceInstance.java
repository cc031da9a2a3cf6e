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

package io.rpcboot.registry;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * One running instance of an application, as the registry holds it.
 *
 * @param id identifies this start of the process, never its address: a process started
 * again on the same port is a new instance
 * @param application the name by which consumers ask for it
 * @param host host name or IP address that consumers dial, IPv6 without brackets
 * @param port the port, 1 to 65535
 * @param services full names of the gRPC services served; empty when not known
 * @param state whether it wants new calls
 * @param weight its share of the traffic, relative to the others', at least 1; default
 * 100
 * @param zone where it runs
 * @param version the version of the application
 * @param tags labels for routing
 * @param startedAt when it began to serve, by its own clock
 * @param metadata whatever else its owner wants to tell
 * @param namespace where it was found, set only for who looks into several namespaces,
 * and never written
 */
public record ServiceInstance(String id, String application, String host, int port, List<String> services,
		InstanceState state, int weight, @Nullable String zone, @Nullable String version, Map<String, String> tags,
		@Nullable Instant startedAt, Map<String, String> metadata, @Nullable String namespace) {

	/**
	 * The weight of an instance that names none.
	 */
	public static final int DEFAULT_WEIGHT = 100;

	/**
	 * Copies the collections and checks the values.
	 */
	public ServiceInstance {
		check(!id.isEmpty(), "id", id, "a non-empty text");
		check(!host.isEmpty(), "host", host, "a host name or IP address");
		check(port >= 1 && port <= 65535, "port", port, "1 to 65535");
		check(weight >= 1, "weight", weight, ">= 1");
		services = List.copyOf(services);
		tags = Map.copyOf(tags);
		metadata = Map.copyOf(metadata);
	}

	/**
	 * Creates an instance of which it is not told in which namespace it was found.
	 * @param id its identity
	 * @param application its name
	 * @param host where it listens
	 * @param port where it listens
	 * @param services full names of its gRPC services
	 * @param state whether it wants new calls
	 * @param weight its share of the traffic
	 * @param zone where it runs
	 * @param version the version of the application
	 * @param tags labels for routing
	 * @param startedAt when it began to serve
	 * @param metadata whatever else its owner wants to tell
	 */
	public ServiceInstance(String id, String application, String host, int port, List<String> services,
			InstanceState state, int weight, @Nullable String zone, @Nullable String version, Map<String, String> tags,
			@Nullable Instant startedAt, Map<String, String> metadata) {
		this(id, application, host, port, services, state, weight, zone, version, tags, startedAt, metadata, null);
	}

	/**
	 * Creates an instance of which no more is known than where it is.
	 * @param id its identity
	 * @param application its name
	 * @param host where it listens
	 * @param port where it listens
	 * @return an instance that is {@link InstanceState#UP} and of default weight
	 */
	public static ServiceInstance of(String id, String application, String host, int port) {
		return new ServiceInstance(id, application, host, port, List.of(), InstanceState.UP, DEFAULT_WEIGHT, null, null,
				Map.of(), null, Map.of());
	}

	/**
	 * Returns this instance in another state.
	 * @param newState the state
	 * @return a copy
	 */
	public ServiceInstance withState(InstanceState newState) {
		return new ServiceInstance(this.id, this.application, this.host, this.port, this.services, newState,
				this.weight, this.zone, this.version, this.tags, this.startedAt, this.metadata, this.namespace);
	}

	/**
	 * Returns this instance with another weight.
	 * @param newWeight the weight, at least 1
	 * @return a copy
	 */
	public ServiceInstance withWeight(int newWeight) {
		return new ServiceInstance(this.id, this.application, this.host, this.port, this.services, this.state,
				newWeight, this.zone, this.version, this.tags, this.startedAt, this.metadata, this.namespace);
	}

	/**
	 * Returns this instance as found in a namespace.
	 * @param newNamespace the namespace
	 * @return a copy
	 */
	public ServiceInstance withNamespace(String newNamespace) {
		return new ServiceInstance(this.id, this.application, this.host, this.port, this.services, this.state,
				this.weight, this.zone, this.version, this.tags, this.startedAt, this.metadata, newNamespace);
	}

	/**
	 * Returns what a consumer dials.
	 * @return {@code host:port}, an IPv6 address in brackets
	 */
	public String address() {
		return (this.host.indexOf(':') >= 0) ? "[" + this.host + "]:" + this.port : this.host + ":" + this.port;
	}

	private static void check(boolean valid, String name, Object value, String expected) {
		if (!valid) {
			throw new IllegalArgumentException(name + ": '" + value + "' (expected: " + expected + ")");
		}
	}

}
