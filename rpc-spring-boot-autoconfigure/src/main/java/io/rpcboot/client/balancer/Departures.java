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

package io.rpcboot.client.balancer;

import java.util.LinkedHashMap;
import java.util.Map;

import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * Where the instances were that are known no more. A process that was started again at
 * the same address before the record of the one before had gone got calls that were meant
 * for that one, and only it knows them.
 * <p>
 * Thread-safe.
 */
final class Departures {

	/** The oldest is forgotten. */
	private static final int MOST = 256;

	private final Map<String, String> addresses = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
			return size() > MOST;
		}

	};

	synchronized void add(ServiceInstance instance) {
		this.addresses.remove(instance.id());
		this.addresses.put(instance.id(), instance.address());
	}

	/**
	 * Returns where an instance was that has gone.
	 * @param id of the instance
	 * @return {@code host:port}; {@code null} if it is not known
	 */
	synchronized @Nullable String address(String id) {
		return this.addresses.get(id);
	}

}
