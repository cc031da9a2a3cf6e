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

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;

/**
 * A registry as one application context has it.
 *
 * @param registry announces
 * @param discovery watches
 * @param closing ends both
 */
public record RegistryUnderTest(ServiceRegistry registry, ServiceDiscovery discovery,
		Closeable closing) implements ServiceRegistry, ServiceDiscovery, Closeable {

	/**
	 * Wraps a registry that is all in one.
	 * @param <R> the registry's type
	 * @param registry the registry
	 * @return the registry under test
	 */
	public static <R extends ServiceRegistry & ServiceDiscovery & Closeable> RegistryUnderTest of(R registry) {
		return new RegistryUnderTest(registry, registry, registry);
	}

	@Override
	public Registration register(ServiceInstance instance) {
		return this.registry.register(instance);
	}

	@Override
	public InstanceWatch watch(String application, InstanceListener listener) {
		return this.discovery.watch(application, listener);
	}

	@Override
	public ServiceDiscovery in(String namespace) {
		return this.discovery.in(namespace);
	}

	@Override
	public Map<String, WatchStatus> watches() {
		return this.discovery.watches();
	}

	@Override
	public Map<String, Duration> ages() {
		return this.discovery.ages();
	}

	@Override
	public String describe() {
		return this.discovery.describe();
	}

	/**
	 * Watches an application with a listener that remembers.
	 * @param application the application
	 * @return the listener
	 */
	public RecordingListener watch(String application) {
		RecordingListener listener = new RecordingListener();
		watch(application, listener);
		return listener;
	}

	@Override
	public void close() {
		try {
			this.closing.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
