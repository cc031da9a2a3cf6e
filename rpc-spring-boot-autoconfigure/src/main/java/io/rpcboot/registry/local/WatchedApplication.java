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

package io.rpcboot.registry.local;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.rpcboot.registry.RegistryEvents;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.WatchStatus;
import io.rpcboot.registry.WatchStatus.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An application that somebody watches: reads its instances once for all its watches.
 * Used by the poll thread only, but for its status and its age.
 */
final class WatchedApplication {

	private static final Logger logger = LoggerFactory.getLogger(WatchedApplication.class);

	private final String application;

	private final InstanceDirectory directory;

	private final InstanceReader reader;

	private final RegistryEvents events;

	private List<ServiceInstance> instances = List.of();

	private boolean failing;

	private volatile WatchStatus status = new WatchStatus(State.PENDING, 0, Set.of());

	private volatile long answeredNanos = System.nanoTime();

	WatchedApplication(InstanceDirectory directory, RegistryEvents events) {
		this.events = events;
		this.application = directory.application();
		this.directory = directory;
		this.reader = new InstanceReader(directory);
	}

	void poll(List<LocalWatch> watches) {
		try {
			List<ServiceInstance> now = this.reader.read();
			succeeded(now);
			watches.forEach((watch) -> watch.offer(now));
		}
		catch (RegistryException ex) {
			failed(ex, watches);
		}
		catch (IOException ex) {
			failed(new RegistryException("Registry directory " + this.directory + " cannot be read: " + ex, ex),
					watches);
		}
	}

	/**
	 * Returns how it stands. From any thread.
	 */
	WatchStatus status() {
		return this.status;
	}

	/**
	 * Returns how long ago its instances were read last; until they were, since when they
	 * are wanted. From any thread.
	 */
	Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.answeredNanos);
	}

	private void succeeded(List<ServiceInstance> now) {
		if (this.failing) {
			logger.info("Instances of {} can be read again", this.application);
			this.events.add("Instances of " + this.application + " can be read again");
			this.failing = false;
		}
		if (!now.equals(this.instances)) {
			logChange(byId(this.instances), byId(now));
			this.instances = now;
		}
		this.answeredNanos = System.nanoTime();
		this.status = new WatchStatus(State.CURRENT, now.size(), Set.of());
	}

	private void failed(RegistryException reason, List<LocalWatch> watches) {
		if (!this.failing) {
			logger.warn("Instances of {} cannot be read, trying again at every poll; known: {}: {}", this.application,
					this.instances.size(), reason.getMessage());
			this.events.add("Instances of " + this.application + " cannot be read: " + reason.getMessage());
			this.failing = true;
			this.status = new WatchStatus((this.status.state() == State.PENDING) ? State.PENDING : State.STALE,
					this.instances.size(), Set.of());
		}
		watches.forEach((watch) -> watch.fail(reason));
	}

	private void logChange(Map<String, ServiceInstance> before, Map<String, ServiceInstance> now) {
		long added = now.keySet().stream().filter((id) -> !before.containsKey(id)).count();
		long removed = before.keySet().stream().filter((id) -> !now.containsKey(id)).count();
		long altered = now.values()
			.stream()
			.filter((instance) -> before.containsKey(instance.id()) && !instance.equals(before.get(instance.id())))
			.count();
		logger.info("Instances of {}: {} ({} added, {} removed, {} altered)", this.application, now.size(), added,
				removed, altered);
		this.events.add("Instances of " + this.application + ": " + now.size() + " (" + added + " added, " + removed
				+ " removed, " + altered + " altered)");
	}

	private static Map<String, ServiceInstance> byId(List<ServiceInstance> instances) {
		return instances.stream().collect(Collectors.toMap(ServiceInstance::id, Function.identity()));
	}

}
