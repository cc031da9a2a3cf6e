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

import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import io.etcd.jetcd.ByteSequence;
import io.rpcboot.registry.ConsumerGroup;
import io.rpcboot.registry.InstanceCodec;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistryEvent;
import io.rpcboot.registry.RegistryEvents;
import io.rpcboot.registry.RegistryName;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.registry.WatchStatus;
import io.rpcboot.registry.snapshot.SnapshotFiles;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers and discovers instances in etcd, under
 * {@code /rpc/{namespace}/{application}/{instanceId}}, as the JSON that etcd's own Go
 * resolver reads; the consumers of an application who subset it are known under
 * {@code /rpc/{namespace}/.consumers/{application}/{number}}. Uses one etcd client and
 * one lease, opened at the first need. No method waits for etcd, except {@link #close()}
 * and {@link #refusedUser()}, for at most two seconds.
 */
public final class EtcdRegistry implements ServiceRegistry, ServiceDiscovery, Closeable {

	private static final Logger logger = LoggerFactory.getLogger(EtcdRegistry.class);

	private static final int WAIT_SECONDS = 2;

	private final EtcdSettings settings;

	private final EtcdKeys keys;

	private final @Nullable SnapshotFiles snapshots;

	private final EtcdLayouts layouts;

	private final RandomGenerator random = new Random();

	private final RegistryEvents events = new RegistryEvents();

	private final Set<EtcdInstanceWatch> watches = ConcurrentHashMap.newKeySet();

	private final List<EtcdRegistration> registrations = new ArrayList<>();

	private final List<EtcdConsumer> consumers = new ArrayList<>();

	private @Nullable EtcdConnection connection;

	private @Nullable EtcdRegistrar registrar;

	/**
	 * Creates a registry of the starter's own layout, without snapshots; etcd is not
	 * contacted yet.
	 * @param settings where etcd is
	 * @throws IllegalArgumentException if the namespace is not a name
	 */
	public EtcdRegistry(EtcdSettings settings) {
		this(settings, new EtcdLayouts(List.of()), null);
	}

	/**
	 * Creates a registry that finds some applications in the layouts of others; etcd is
	 * not contacted yet.
	 * @param settings where etcd is
	 * @param layouts where which application is looked for; what is registered here is
	 * always of the starter's own layout
	 * @param snapshots keep each set of instances, for a start while etcd is away;
	 * {@code null} for none. The caller closes them, after this registry.
	 * @throws IllegalArgumentException if the namespace is not a name
	 */
	public EtcdRegistry(EtcdSettings settings, EtcdLayouts layouts, @Nullable SnapshotFiles snapshots) {
		this.settings = settings;
		this.snapshots = snapshots;
		this.keys = new EtcdKeys(settings.namespace());
		this.layouts = layouts;
	}

	@Override
	public synchronized Registration register(ServiceInstance instance) {
		String key = this.keys.instance(instance.application(), instance.id());
		EtcdRegistration registration = registrar().add(key, instance);
		this.registrations.removeIf(EtcdRegistration::isGone);
		this.registrations.add(registration);
		return registration;
	}

	@Override
	public synchronized void prepare() {
		connection().prepare();
	}

	@Override
	public InstanceWatch watch(String application, InstanceListener listener) {
		String prefix = this.layouts.prefix(application, this.keys);
		InstanceCodec codec = this.layouts.codec(application);
		if (!prefix.equals(this.keys.application(application))) {
			logger.info("Instances of {} are looked for under {} in the layout {}", application, prefix, codec.name());
		}
		return watch(this.settings, new InstanceRecords(application, prefix, codec), listener);
	}

	/**
	 * {@inheritDoc} Only the starter's own layout has namespaces.
	 */
	@Override
	public ServiceDiscovery in(String namespace) {
		return namespace.equals(this.settings.namespace()) ? this
				: new EtcdNamespace(this, this.settings.in(namespace));
	}

	synchronized InstanceWatch watch(EtcdSettings place, InstanceRecords records, InstanceListener listener) {
		EtcdInstanceWatch watch = new EtcdInstanceWatch(connection(), place, records, listener,
				snapshots(place.namespace()), this.random, this.watches::remove);
		this.watches.add(watch);
		watch.start();
		return watch;
	}

	@Override
	public synchronized ConsumerGroup joinConsumers(String application, String consumerId,
			ConsumerGroup.Listener listener) {
		String prefix = this.keys.consumers(application);
		EtcdConsumer consumer = registrar().addConsumer(prefix, RegistryName.check("id", consumerId), listener);
		this.consumers.removeIf(EtcdConsumer::isGone);
		this.consumers.add(consumer);
		return consumer;
	}

	@Override
	public Map<String, WatchStatus> watches() {
		Map<String, WatchStatus> status = new TreeMap<>();
		this.watches.forEach((watch) -> status.merge(watch.label(), watch.status(),
				(one, other) -> (one.state().compareTo(other.state()) >= 0) ? one : other));
		return status;
	}

	@Override
	public Map<String, Duration> ages() {
		Map<String, Duration> ages = new TreeMap<>();
		this.watches.forEach((watch) -> ages.merge(watch.label(), watch.age(),
				(one, other) -> (one.compareTo(other) >= 0) ? one : other));
		return ages;
	}

	@Override
	public List<RegistryEvent> events() {
		return this.events.last();
	}

	@Override
	public String describe() {
		return this.settings.toString();
	}

	/**
	 * Asks etcd whether it knows the user with this password, and waits for the answer
	 * for two seconds at most. An etcd that does not answer is not held against them, nor
	 * is what the user may not read.
	 * @return what etcd says if it does not; {@code null} if it does, says nothing, or
	 * there is no user
	 */
	public @Nullable String refusedUser() {
		if (this.settings.username() == null) {
			return null;
		}
		CompletableFuture<@Nullable String> refusal = new CompletableFuture<>();
		EtcdConnection etcd = opened();
		// Whether there is anything under this key does not matter.
		ByteSequence key = EtcdKeys.bytes(this.keys.application("user"));
		etcd.execute(() -> etcd.call((client) -> client.getKVClient().get(key))
			.whenComplete((answer, failure) -> refusal
				.complete((failure != null && EtcdErrors.isUnknownUser(failure)) ? EtcdErrors.text(failure) : null)));
		try {
			return refusal.completeOnTimeout(null, WAIT_SECONDS, TimeUnit.SECONDS).get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private synchronized EtcdConnection opened() {
		return connection();
	}

	/**
	 * Connects to etcd anew, such as with a certificate that has been renewed. What is
	 * registered stays, and watches keep the set that they know while they move.
	 */
	public synchronized void reconnect() {
		if (this.connection != null) {
			this.connection.reconnect();
		}
	}

	/**
	 * Deregisters what is still registered, ends the watches and closes the client. The
	 * registry may be used again afterwards.
	 */
	@Override
	public synchronized void close() {
		CompletableFuture
			.allOf(Stream.concat(this.registrations.stream().map(Registration::deregister),
					this.consumers.stream().map(EtcdConsumer::leave))
				.toArray(CompletableFuture<?>[]::new))
			.join();
		this.registrations.clear();
		this.consumers.clear();
		this.registrar = null;
		this.watches.clear();
		if (this.connection != null) {
			this.connection.close();
			this.connection = null;
		}
	}

	/**
	 * Those of the own namespace are what the caller gave, whatever their name.
	 */
	private @Nullable SnapshotFiles snapshots(String namespace) {
		return (this.snapshots == null || namespace.equals(this.settings.namespace())) ? this.snapshots
				: this.snapshots.in(namespace);
	}

	private EtcdRegistrar registrar() {
		if (this.registrar == null) {
			this.registrar = new EtcdRegistrar(connection(), System::nanoTime, this.random);
		}
		return this.registrar;
	}

	private EtcdConnection connection() {
		if (this.connection == null) {
			this.connection = new EtcdConnection(this.settings, this.random, this.events);
		}
		return this.connection;
	}

}
