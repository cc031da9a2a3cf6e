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

package io.rpcboot.client.resolver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.rpcboot.registry.ServiceInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the addresses of instances that tell a host name. A name that can no longer be
 * resolved keeps the address it had: trouble with DNS takes nobody away. Not for use by
 * several threads at once.
 */
final class HostNames {

	private static final Logger logger = LoggerFactory.getLogger(HostNames.class);

	private final HostLookup lookup;

	private Map<String, InetAddress> known = Map.of();

	private Set<String> failing = Set.of();

	HostNames(HostLookup lookup) {
		this.lookup = lookup;
	}

	/**
	 * Looks up the names of a set. May block.
	 * @param instances the set
	 * @return the address of each host that has one
	 */
	Map<String, InetAddress> lookUp(List<ServiceInstance> instances) {
		Map<String, InetAddress> found = new HashMap<>();
		Set<String> failed = new HashSet<>();
		for (ServiceInstance instance : instances) {
			String host = instance.host();
			if (found.containsKey(host) || failed.contains(host)) {
				continue;
			}
			try {
				found.put(host, this.lookup.lookUp(host));
			}
			catch (UnknownHostException | RuntimeException ex) {
				// A name that breaks the look-up must not take the others with it.
				failed.add(host);
				keepLast(instance, found, ex);
			}
		}
		this.known = found;
		this.failing = failed;
		return found;
	}

	private void keepLast(ServiceInstance instance, Map<String, InetAddress> found, Exception reason) {
		InetAddress last = this.known.get(instance.host());
		if (last != null) {
			found.put(instance.host(), last);
		}
		if (!this.failing.contains(instance.host())) {
			logger.warn("The host name of {} {} cannot be resolved ({}); {}", instance.application(),
					instance.address(), reason.toString(),
					(last != null) ? "its last address stays" : "it is left out");
		}
	}

	/**
	 * Tells whether a host is an address already, which costs no look-up.
	 * @param host host name or IP address
	 * @return whether it is an address
	 */
	static boolean isLiteral(String host) {
		if (host.indexOf(':') >= 0) {
			return true;
		}
		// Not a stream: asked of each of thousands at each change.
		for (int i = 0; i < host.length(); i++) {
			char c = host.charAt(i);
			if (c != '.' && !Character.isDigit(c)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Finds the address of a host, and may block.
	 */
	interface HostLookup {

		InetAddress lookUp(String host) throws UnknownHostException;

	}

}
