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

package io.rpcboot.registry.local;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.PrivateDirectory;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistryEvent;
import io.rpcboot.registry.RegistryEvents;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.RegistryName;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.registry.WatchStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A registry for the processes of one user on one machine, without a server: each
 * instance is a record in a directory and a file that its process keeps locked. A process
 * that dies, even of {@code kill -9}, loses its lock, and every watcher notices within a
 * second.
 * <p>
 * For development, demos and tests. The directory must be on a local file system. Safe
 * for use by several threads.
 */
public final class LocalRegistry implements ServiceRegistry, ServiceDiscovery, Closeable {

	private static final Logger logger = LoggerFactory.getLogger(LocalRegistry.class);

	private static final Duration POLL_PERIOD = Duration.ofMillis(200);

	private final PrivateDirectory root;

	private final String namespace;

	private final Duration pollPeriod;

	private final String process = InstanceKey.currentProcess();

	private final Map<String, LocalRegistry> others = new HashMap<>();

	private final RegistryEvents events = new RegistryEvents();

	private @Nullable PollThread pollThread;

	/**
	 * Creates a registry. Nothing is read or written before the first registration or
	 * watch.
	 * @param directory where the instances are; created if it is missing. Otherwise it
	 * must belong to the current user, and nobody else may have write access.
	 * @param namespace keeps apart what must not find each other; letters, digits, dots,
	 * hyphens and underscores, at most 63
	 * @throws IllegalArgumentException if the namespace is not usable
	 */
	public LocalRegistry(Path directory, String namespace) {
		this(directory, namespace, POLL_PERIOD);
	}

	LocalRegistry(Path directory, String namespace, Duration pollPeriod) {
		this.root = new PrivateDirectory(directory.toAbsolutePath());
		this.namespace = RegistryName.check("namespace", namespace);
		this.pollPeriod = pollPeriod;
	}

	/**
	 * {@inheritDoc}
	 * @throws IllegalArgumentException if the application's name or the id cannot be part
	 * of a path
	 * @throws RegistryException if the directory is not private to the current user
	 */
	@Override
	public Registration register(ServiceInstance instance) {
		RegistryName.check("application", instance.application());
		RegistryName.check("id", instance.id());
		try {
			directory(instance.application()).create();
		}
		catch (IOException ex) {
			logger.debug("{} was not created; the poll thread tries again", this.root.path(), ex);
		}
		synchronized (this) {
			return pollThread().register(instance);
		}
	}

	/**
	 * {@inheritDoc}
	 * @throws IllegalArgumentException if the application's name cannot be part of a path
	 */
	@Override
	public InstanceWatch watch(String application, InstanceListener listener) {
		RegistryName.check("application", application);
		synchronized (this) {
			return pollThread().watch(application, listener);
		}
	}

	/**
	 * {@inheritDoc} Each has a poll thread of its own.
	 */
	@Override
	public synchronized ServiceDiscovery in(String otherNamespace) {
		return otherNamespace.equals(this.namespace) ? this : this.others.computeIfAbsent(otherNamespace,
				(name) -> new LocalRegistry(this.root.path(), name, this.pollPeriod));
	}

	/**
	 * {@inheritDoc} Nobody is ever in quarantine: who died has lost its lock.
	 */
	@Override
	public Map<String, WatchStatus> watches() {
		return known(WatchedApplication::status);
	}

	@Override
	public Map<String, Duration> ages() {
		return known(WatchedApplication::age);
	}

	@Override
	public List<RegistryEvent> events() {
		return this.events.last();
	}

	@Override
	public String describe() {
		return "local " + this.root.path() + " namespace '" + this.namespace + "'";
	}

	/**
	 * Takes away what is registered and ends every watch. The registry can be used again
	 * afterwards.
	 */
	@Override
	public void close() {
		PollThread ending;
		List<LocalRegistry> closing;
		synchronized (this) {
			ending = this.pollThread;
			this.pollThread = null;
			closing = List.copyOf(this.others.values());
		}
		closing.forEach(LocalRegistry::close);
		if (ending != null) {
			ending.close();
		}
	}

	private synchronized <T> Map<String, T> known(Function<WatchedApplication, T> what) {
		Map<String, T> known = new TreeMap<>((this.pollThread != null) ? this.pollThread.known(what) : Map.of());
		this.others.forEach((name, other) -> other.known(what)
			.forEach((application, value) -> known.put(name + "/" + application, value)));
		return known;
	}

	private PollThread pollThread() {
		if (this.pollThread == null) {
			this.pollThread = new PollThread("rpc-local-registry-" + this.namespace, this::directory, this.pollPeriod,
					this.events);
			this.pollThread.start();
		}
		return this.pollThread;
	}

	private InstanceDirectory directory(String application) {
		return new InstanceDirectory(this.root, this.namespace, application, this.process);
	}

}
