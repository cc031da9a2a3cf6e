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

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.ServiceDiscovery;

/**
 * Several namespaces of a registry as one: a watch is told the instances of all of them,
 * each with the namespace in which it was found. Where an id stands in two, that of the
 * earlier namespace counts.
 */
final class MergedDiscovery implements ServiceDiscovery {

	private final List<String> namespaces;

	private final List<ServiceDiscovery> discoveries;

	/**
	 * Creates a discovery.
	 * @param registry looks into each namespace
	 * @param namespaces the namespaces, at least one
	 * @throws io.rpcboot.registry.RegistryException if the registry cannot look into
	 * other namespaces than its own
	 */
	MergedDiscovery(ServiceDiscovery registry, List<String> namespaces) {
		this.namespaces = List.copyOf(namespaces);
		this.discoveries = this.namespaces.stream().map(registry::in).toList();
	}

	@Override
	public InstanceWatch watch(String application, InstanceListener listener) {
		List<MergedPart> parts = this.namespaces.stream().map(MergedPart::new).toList();
		MergedWatch watch = new MergedWatch(parts, listener);
		try {
			IntStream.range(0, parts.size())
				.forEach((index) -> watch.add(parts.get(index), this.discoveries.get(index), application));
		}
		catch (RuntimeException ex) {
			watch.close();
			throw ex;
		}
		return watch;
	}

	@Override
	public String describe() {
		return this.discoveries.stream()
			.map(ServiceDiscovery::describe)
			.distinct()
			.collect(Collectors.joining(" and "));
	}

}
