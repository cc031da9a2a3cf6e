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

package io.rpcboot.registry.etcd;

import java.time.Duration;
import java.util.Map;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.WatchStatus;

/**
 * Another namespace in the etcd of a registry, through its connection. What is of another
 * layout does not stand in namespaces and is not found here.
 */
final class EtcdNamespace implements ServiceDiscovery {

	private final EtcdRegistry registry;

	private final EtcdSettings place;

	private final EtcdKeys keys;

	/**
	 * Creates a view.
	 * @param registry what to look through
	 * @param place its settings, but for the namespace
	 * @throws IllegalArgumentException if the namespace is not a name
	 */
	EtcdNamespace(EtcdRegistry registry, EtcdSettings place) {
		this.registry = registry;
		this.place = place;
		this.keys = new EtcdKeys(place.namespace());
	}

	@Override
	public InstanceWatch watch(String application, InstanceListener listener) {
		return this.registry.watch(this.place,
				new InstanceRecords(application, this.keys.application(application), new EtcdNamingCodec()), listener);
	}

	@Override
	public ServiceDiscovery in(String namespace) {
		return this.registry.in(namespace);
	}

	@Override
	public Map<String, WatchStatus> watches() {
		return this.registry.watches();
	}

	@Override
	public Map<String, Duration> ages() {
		return this.registry.ages();
	}

	@Override
	public String describe() {
		return this.place.toString();
	}

}
