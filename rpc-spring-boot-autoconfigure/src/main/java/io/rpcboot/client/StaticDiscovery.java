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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;

/**
 * The instances that a property names, for a reference that bypasses the registry.
 */
final class StaticDiscovery implements ServiceDiscovery {

	private static final Pattern ADDRESS = Pattern.compile("(?:\\[([\\w:.%-]+)]|([\\w.-]+)):(\\d{1,5})");

	private final List<ServiceInstance> instances;

	/**
	 * Creates a discovery.
	 * @param application the application at the addresses
	 * @param addresses each {@code host:port}
	 * @throws IllegalArgumentException if an address is not of this form
	 */
	StaticDiscovery(String application, List<String> addresses) {
		this.instances = addresses.stream().map((address) -> instance(application, address)).toList();
	}

	/**
	 * Reads an address.
	 * @param application the application there
	 * @param address a {@code host:port}, an IPv6 address in brackets
	 * @return the instance there, of which the address is the id
	 * @throws IllegalArgumentException if the address is not of this form
	 */
	static ServiceInstance instance(String application, String address) {
		Matcher matcher = ADDRESS.matcher(address);
		if (matcher.matches()) {
			String host = (matcher.group(1) != null) ? matcher.group(1) : matcher.group(2);
			int port = Integer.parseInt(matcher.group(3));
			if (port >= 1 && port <= 65535) {
				return ServiceInstance.of(address, application, host, port);
			}
		}
		throw new IllegalArgumentException("address: '" + address + "' (expected: host:port)");
	}

	@Override
	public InstanceWatch watch(String application, InstanceListener listener) {
		listener.onInstances(this.instances);
		return InstanceWatch.OF_FIXED_SET;
	}

	@Override
	public String describe() {
		return "the static addresses " + this.instances.stream().map(ServiceInstance::address).toList();
	}

}
