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

package io.rpcboot.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * A registry that a test writes to. A watch is told the set at once if there is one, and
 * after every change.
 */
public final class InMemoryDiscovery implements ServiceDiscovery {

	private final Map<String, List<ServiceInstance>> instances = new LinkedHashMap<>();

	private final List<Watch> watches = new ArrayList<>();

	private final AtomicInteger refreshes = new AtomicInteger();

	private @Nullable RegistryException failure;

	/**
	 * Replaces the set of an application.
	 * @param application the application
	 * @param newInstances its instances
	 */
	public synchronized void set(String application, ServiceInstance... newInstances) {
		this.instances.put(application, List.of(newInstances));
		this.watches.forEach(Watch::tell);
	}

	/**
	 * Tells all watches that an instance was announced again, and the set as it is.
	 * @param application the application
	 * @param id the id of the instance
	 */
	public synchronized void announceAgain(String application, String id) {
		this.watches.forEach((watch) -> {
			if (watch.application.equals(application)) {
				watch.listener.onAnnouncedAgain(id);
				watch.tell();
			}
		});
	}

	/**
	 * Tells all watches, those to come too, that nothing can be read.
	 * @param reason why
	 */
	public synchronized void fail(RegistryException reason) {
		this.failure = reason;
		this.watches.forEach((watch) -> watch.listener.onUnavailable(reason));
	}

	/**
	 * Returns how often a watch was asked to read again.
	 * @return the number
	 */
	public int refreshes() {
		return this.refreshes.get();
	}

	/**
	 * Returns how many watches are open.
	 * @return the number
	 */
	public synchronized int openWatches() {
		return this.watches.size();
	}

	@Override
	public synchronized InstanceWatch watch(String application, InstanceListener listener) {
		Watch watch = new Watch(application, listener);
		this.watches.add(watch);
		if (this.failure != null) {
			listener.onUnavailable(this.failure);
		}
		watch.tell();
		return watch;
	}

	@Override
	public String describe() {
		return "memory namespace 'test'";
	}

	private final class Watch implements InstanceWatch {

		private final String application;

		private final InstanceListener listener;

		Watch(String application, InstanceListener listener) {
			this.application = application;
			this.listener = listener;
		}

		@Override
		public void refresh() {
			InMemoryDiscovery.this.refreshes.incrementAndGet();
		}

		@Override
		public void close() {
			synchronized (InMemoryDiscovery.this) {
				InMemoryDiscovery.this.watches.remove(this);
			}
		}

		private void tell() {
			List<ServiceInstance> known = InMemoryDiscovery.this.instances.get(this.application);
			if (known != null) {
				this.listener.onInstances(known);
			}
		}

	}

}
