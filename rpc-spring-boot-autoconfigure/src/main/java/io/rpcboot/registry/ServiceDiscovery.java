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

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Tells which instances of an application there are.
 */
public interface ServiceDiscovery {

	/**
	 * Says that applications will be watched in a moment, so that a registry may connect
	 * while the rest of this process starts. Called from any thread, once or more often;
	 * does not block, and throws nothing. Not needed for anything; the default does
	 * nothing.
	 */
	default void prepare() {
	}

	/**
	 * Watches an application until the watch is closed. Returns at once. The listener is
	 * first told the whole set as soon as it is known (an empty one when nobody
	 * registered), then the whole new set after every change.
	 * <p>
	 * A registry that goes away changes nothing: the last set stays valid, the listener
	 * is not told, and the watch heals by itself. Nor does one that forgets: a set is not
	 * emptied because records vanished, only because they were taken away on purpose.
	 * @param application the application's name
	 * @param listener is called by one thread at a time, in the order of the changes, and
	 * must not block
	 * @return the running watch
	 */
	InstanceWatch watch(String application, InstanceListener listener);

	/**
	 * Looks into another namespace of the same registry, through the same connection.
	 * Called at any time by any thread; does not block, and opens nothing that is not
	 * closed with this registry. Not needed by a registry without namespaces.
	 * @param namespace the name of the namespace, which need not exist yet
	 * @return the discovery there; this one if it is its own namespace
	 * @throws RegistryException if this registry has no other namespaces
	 * @throws IllegalArgumentException if the namespace is not a {@link RegistryName}
	 */
	default ServiceDiscovery in(String namespace) {
		throw new RegistryException("namespace: '" + namespace + "' (expected: none, because " + describe()
				+ " cannot look into other namespaces; a ServiceDiscovery that can implements in(String))");
	}

	/**
	 * Makes this process known to the other consumers of an application, and them to it,
	 * until the membership is closed. Returns at once, and never gives up: a number that
	 * the registry has lost is claimed again.
	 * @param application the application that is consumed
	 * @param consumerId identifies this start of the consuming process
	 * @param listener is told the numbers of all consumers; it must not block
	 * @return the membership; {@code null} if this registry keeps no consumers, which is
	 * the default
	 */
	default @Nullable ConsumerGroup joinConsumers(String application, String consumerId,
			ConsumerGroup.Listener listener) {
		return null;
	}

	/**
	 * Says how the open watches stand, for health and meters. Does not block.
	 * @return the status of each watched application, by its name, and of one in another
	 * namespace by {@code namespace/name}; where it has several watches, of the one whose
	 * state is the last in {@link WatchStatus.State}
	 */
	default Map<String, WatchStatus> watches() {
		return Map.of();
	}

	/**
	 * Says how long ago the registry answered last about each watched application, for
	 * meters. Does not block.
	 * @return by the names that {@link #watches()} has; empty for a registry that does
	 * not know
	 */
	default Map<String, Duration> ages() {
		return Map.of();
	}

	/**
	 * Says what has happened lately between this process and the registry, for people:
	 * registrations, sets of instances that changed, outages. Does not block.
	 * @return the oldest first, a hundred or so at most; empty for a registry that does
	 * not remember
	 */
	default List<RegistryEvent> events() {
		return List.of();
	}

	/**
	 * Says where instances are looked up, for messages to people.
	 * @return such as {@code etcd [http://127.0.0.1:2379] namespace 'default'}
	 */
	default String describe() {
		return getClass().getSimpleName();
	}

}
