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

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceRegistry;

/**
 * A registry in memory that remembers in order what it was asked to do.
 */
public class RecordingRegistry implements ServiceRegistry {

	private final List<String> log = new CopyOnWriteArrayList<>();

	private final List<ServiceInstance> instances = new CopyOnWriteArrayList<>();

	private final Consumer<String> listener;

	public RecordingRegistry() {
		this((event) -> {
		});
	}

	/**
	 * Creates a registry.
	 * @param listener is told of each request before it is answered
	 */
	public RecordingRegistry(Consumer<String> listener) {
		this.listener = listener;
	}

	@Override
	public Registration register(ServiceInstance instance) {
		record("register " + instance.state());
		this.instances.add(instance);
		return new Entry(instance);
	}

	/**
	 * Returns what was asked for.
	 * @return such as {@code register UP}, {@code update DRAINING}, {@code deregister}
	 */
	public List<String> log() {
		return this.log;
	}

	/**
	 * Returns what was registered, deregistered ones included.
	 * @return the records as they were registered
	 */
	public List<ServiceInstance> instances() {
		return this.instances;
	}

	private void record(String event) {
		this.log.add(event);
		this.listener.accept(event);
	}

	private final class Entry implements Registration {

		private volatile ServiceInstance instance;

		private volatile RegistrationState state = RegistrationState.REGISTERED;

		Entry(ServiceInstance instance) {
			this.instance = instance;
		}

		@Override
		public ServiceInstance instance() {
			return this.instance;
		}

		@Override
		public RegistrationState state() {
			return this.state;
		}

		@Override
		public CompletableFuture<Void> update(ServiceInstance newInstance) {
			record("update " + newInstance.state());
			this.instance = newInstance;
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public CompletableFuture<Void> deregister() {
			record("deregister");
			this.state = RegistrationState.DEREGISTERED;
			return CompletableFuture.completedFuture(null);
		}

	}

}
