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

package io.rpcboot.system;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import io.rpcboot.registry.RecordingListener;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;

/**
 * What a consumer knows of one application, in the form in which etcd holds it.
 */
final class Discovered {

	private final RecordingListener listener = new RecordingListener();

	private final String prefix;

	/**
	 * Begins to watch, until the consumer ends.
	 * @param discovery the consumer's
	 * @param application the application
	 * @param prefix of its keys
	 */
	Discovered(ServiceDiscovery discovery, String application, String prefix) {
		this.prefix = prefix;
		discovery.watch(application, this.listener);
	}

	/** Returns the last set as values by key; empty when there was none. */
	SortedMap<String, String> records() {
		SortedMap<String, String> records = new TreeMap<>();
		last().forEach((instance) -> records.put(this.prefix + instance.id(), ServiceInstanceJson.write(instance)));
		return records;
	}

	/**
	 * Returns whether a set without any instance was ever told after one that had some.
	 */
	boolean wasEmptied() {
		return this.listener.sets().stream().dropWhile(List::isEmpty).anyMatch(List::isEmpty);
	}

	private List<ServiceInstance> last() {
		List<List<ServiceInstance>> sets = this.listener.sets();
		return sets.isEmpty() ? List.of() : sets.get(sets.size() - 1);
	}

}
