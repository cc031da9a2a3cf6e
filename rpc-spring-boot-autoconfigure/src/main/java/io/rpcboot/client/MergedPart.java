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
import java.util.List;
import java.util.Map;

import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * What a merged watch knows of one namespace. Not safe for use by several threads.
 */
final class MergedPart {

	private final String namespace;

	/** By id: what was told last, and the same with its namespace. */
	private Map<String, Named> instances = Map.of();

	private boolean told;

	private @Nullable RegistryException failure;

	MergedPart(String namespace) {
		this.namespace = namespace;
	}

	/**
	 * Takes a new set. What has not changed stays the same object, by which the channel
	 * notices that it has not.
	 */
	@SuppressWarnings("ReferenceEquality")
	void set(List<ServiceInstance> newInstances) {
		this.told = true;
		this.failure = null;
		Map<String, Named> named = new HashMap<>(newInstances.size() * 2);
		newInstances.forEach((instance) -> {
			Named last = this.instances.get(instance.id());
			named.put(instance.id(), (last != null && last.original() == instance) ? last
					: new Named(instance, instance.withNamespace(this.namespace)));
		});
		this.instances = named;
	}

	/**
	 * Takes the reason why there is no set, unless there is one.
	 */
	void fail(RegistryException reason) {
		if (!this.told) {
			this.failure = reason;
		}
	}

	/**
	 * Returns why nothing is known of the namespace, {@code null} if something is or may
	 * soon be.
	 */
	@Nullable RegistryException failure() {
		return this.failure;
	}

	/**
	 * Returns whether the first word has not come yet.
	 */
	boolean isPending() {
		return !this.told && this.failure == null;
	}

	/**
	 * Adds those whose ids are not there yet.
	 */
	void addTo(Map<String, ServiceInstance> all) {
		this.instances.forEach((id, named) -> all.putIfAbsent(id, named.named()));
	}

	private record Named(ServiceInstance original, ServiceInstance named) {

	}

}
