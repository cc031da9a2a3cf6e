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

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.RpcServerStartedEvent;
import io.rpcboot.server.RpcServerStoppedEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.context.event.EventListener;

/**
 * Reports groups of Boot's health under names of {@code grpc.health.v1}. A name is
 * SERVING while its group would be answered by HTTP with a status below 300. The groups
 * are asked one after another by a thread of its own while the server listens; what hangs
 * leaves the last answer.
 */
public final class GrpcHealthGroups implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(GrpcHealthGroups.class);

	private static final int REDIRECTION = 300;

	private final RpcServerLifecycle server;

	private final HealthEndpoint endpoint;

	private final HealthEndpointGroups groups;

	private final Map<String, String> names;

	private final Duration interval;

	/** What was told last, by group. */
	private final Map<String, Boolean> told = new ConcurrentHashMap<>();

	private @Nullable ScheduledThreadPoolExecutor thread;

	/**
	 * Creates it; until the groups have been asked, none of the names is SERVING.
	 * @param server the server
	 * @param endpoint asks a group
	 * @param groups the groups
	 * @param names which group is behind a name; {@code ""} for the server as a whole
	 * @param interval the pause between two times
	 * @throws IllegalArgumentException if there is no such group
	 */
	public GrpcHealthGroups(RpcServerLifecycle server, HealthEndpoint endpoint, HealthEndpointGroups groups,
			Map<String, String> names, Duration interval) {
		this.server = server;
		this.endpoint = endpoint;
		this.groups = groups;
		this.names = Map.copyOf(names);
		this.interval = interval;
		names.forEach((name, group) -> {
			if (groups.get(group) == null) {
				throw new IllegalArgumentException("health group: '" + group + "' (expected: one of "
						+ groups.getNames().stream().sorted().toList() + ")");
			}
			server.serviceHealth(name, false);
		});
	}

	/**
	 * Begins to ask. Told of this event only: a listener to all might be created by an
	 * event of a bean that is being created itself, and needs every health contributor.
	 */
	@EventListener(RpcServerStartedEvent.class)
	synchronized void start() {
		if (this.thread == null && !this.names.isEmpty()) {
			this.thread = new ScheduledThreadPoolExecutor(1, (task) -> {
				Thread made = new Thread(task, "rpc-health");
				made.setDaemon(true);
				return made;
			});
			this.thread.scheduleWithFixedDelay(this::ask, 0, this.interval.toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	@Override
	@EventListener(RpcServerStoppedEvent.class)
	public synchronized void close() {
		if (this.thread != null) {
			this.thread.shutdownNow();
			this.thread = null;
		}
	}

	/**
	 * Asks each group once. What one of them throws must not get out, or none would ever
	 * be asked again.
	 */
	void ask() {
		Map<String, Boolean> well = new HashMap<>();
		this.names.forEach((name, group) -> this.server.serviceHealth(name, well.computeIfAbsent(group, this::isWell)));
	}

	private boolean isWell(String group) {
		boolean well = false;
		String status = "";
		try {
			HealthDescriptor health = this.endpoint.healthForPath(group);
			HealthEndpointGroup asked = Objects.requireNonNull(this.groups.get(group));
			status = (health != null) ? health.getStatus().getCode() : "unknown, as it has no members";
			well = health != null && asked.getHttpCodeStatusMapper().getStatusCode(health.getStatus()) < REDIRECTION;
		}
		catch (RuntimeException | LinkageError ex) {
			status = "unknown: " + ex;
		}
		if (!Objects.equals(this.told.put(group, well), well)) {
			logger.info("The health group '{}' is {}: its names in grpc.health.v1 are {}", group, status,
					well ? "SERVING" : "NOT_SERVING");
		}
		return well;
	}

}
