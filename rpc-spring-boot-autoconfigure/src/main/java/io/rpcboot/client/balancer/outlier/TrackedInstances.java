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

package io.rpcboot.client.balancer.outlier;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The set of instances, those that left it a short while ago, and how many may be
 * ejected. The set is changed by one thread at a time and read by any.
 */
final class TrackedInstances {

	private final Map<String, TrackedInstance> known = new ConcurrentHashMap<>();

	private final OutlierSettings settings;

	private final LongSupplier nanoClock;

	/** The set, in the order of the ids. */
	private volatile List<TrackedInstance> members = List.of();

	TrackedInstances(OutlierSettings settings, LongSupplier nanoClock) {
		this.settings = settings;
		this.nanoClock = nanoClock;
	}

	/**
	 * Returns an instance, which need not be in the set; made if it is not known.
	 */
	TrackedInstance track(String id) {
		long now = this.nanoClock.getAsLong();
		TrackedInstance instance = this.known.get(id);
		if (instance != null && !instance.isForgotten(now)) {
			return instance;
		}
		return this.known.compute(id, (key, old) -> (old != null && !old.isForgotten(now)) ? old
				: new TrackedInstance(key, this.settings.consecutiveFailures(), now));
	}

	@Nullable TrackedInstance find(String id) {
		return this.known.get(id);
	}

	/**
	 * Replaces the set. Ejections end whose time ran out while the instance was away, and
	 * those that are too many for the new set.
	 */
	void retain(Collection<String> ids) {
		long now = this.nanoClock.getAsLong();
		Set<String> present = new HashSet<>(ids);
		this.members.stream()
			.filter((instance) -> !present.contains(instance.id()))
			.forEach((instance) -> instance.leave(now));
		this.members = present.stream().sorted().map(this::track).toList();
		this.members.forEach(TrackedInstance::join);
		ejected().stream().filter((instance) -> instance.isOver(now)).forEach(TrackedInstance::release);
		List<TrackedInstance> ejected = ejected();
		ejected.stream()
			.sorted(Comparator.comparingLong((instance) -> instance.endNanos() - now))
			.limit(Math.max(0, ejected.size() - maxEjected()))
			.forEach(TrackedInstance::release);
	}

	/**
	 * Ends the interval of every instance, those that are away included, and forgets
	 * those that have been away for long.
	 */
	void swap() {
		long now = this.nanoClock.getAsLong();
		this.known.values().removeIf((instance) -> instance.isForgotten(now));
		this.known.values().forEach(TrackedInstance::swap);
	}

	boolean isAtRest() {
		for (TrackedInstance instance : this.known.values()) {
			if (!instance.isAtRest()) {
				return false;
			}
		}
		return true;
	}

	List<TrackedInstance> members() {
		return this.members;
	}

	List<TrackedInstance> ejected() {
		return this.members.stream().filter(TrackedInstance::isEjected).toList();
	}

	List<TrackedInstance> inService() {
		return this.members.stream().filter((instance) -> !instance.isEjected()).toList();
	}

	/**
	 * Returns whether one more may be ejected.
	 */
	boolean hasRoom() {
		return ejected().size() < maxEjected();
	}

	private int maxEjected() {
		int size = this.members.size();
		int share = (int) ((long) size * this.settings.maxEjectionPercent() / 100);
		return Math.max(0, Math.min(size - 1, Math.max(1, share)));
	}

}
