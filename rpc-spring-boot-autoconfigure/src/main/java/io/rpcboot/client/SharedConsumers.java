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

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.rpcboot.registry.ConsumerGroup;
import io.rpcboot.registry.ConsumerGroup.Listener;
import io.rpcboot.registry.ConsumerGroup.Slots;
import io.rpcboot.registry.ServiceDiscovery;
import org.jspecify.annotations.Nullable;

/**
 * One place for this process among the consumers of each application, whatever the number
 * of channels to it.
 */
final class SharedConsumers {

	private final ServiceDiscovery discovery;

	private final String consumerId;

	private final Map<String, Shared> groups = new HashMap<>();

	SharedConsumers(ServiceDiscovery discovery, String consumerId) {
		this.discovery = discovery;
		this.consumerId = consumerId;
	}

	/**
	 * Joins, unless this process is in already, and tells the listener.
	 * @return {@code false} if the registry keeps no consumers
	 */
	synchronized boolean join(String application, Listener listener) {
		Shared shared = this.groups.get(application);
		if (shared == null) {
			shared = new Shared();
			shared.group = this.discovery.joinConsumers(application, this.consumerId, shared);
			if (shared.group == null) {
				return false;
			}
			this.groups.put(application, shared);
		}
		shared.add(listener);
		return true;
	}

	/**
	 * Takes a listener out; with the last one, this process leaves.
	 */
	synchronized void leave(String application, Listener listener) {
		Shared shared = this.groups.get(application);
		if (shared != null && shared.remove(listener) && shared.group != null) {
			this.groups.remove(application);
			shared.group.close();
		}
	}

	private static final class Shared implements Listener {

		private final Set<Listener> listeners = new LinkedHashSet<>();

		private @Nullable ConsumerGroup group;

		private @Nullable Slots last;

		@Override
		public synchronized void onSlots(Slots slots) {
			this.last = slots;
			List.copyOf(this.listeners).forEach((listener) -> listener.onSlots(slots));
		}

		synchronized void add(Listener listener) {
			this.listeners.add(listener);
			if (this.last != null) {
				listener.onSlots(this.last);
			}
		}

		synchronized boolean remove(Listener listener) {
			this.listeners.remove(listener);
			return this.listeners.isEmpty();
		}

	}

}
