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

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

import io.rpcboot.client.subset.InstanceSubset;
import io.rpcboot.registry.ConsumerGroup;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.WatchStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of large applications a subset, as the settings want it, and everything of the
 * others. Subsets are computed on a thread of their own, which ends when it has nothing
 * to do: the registry's must not be kept from its leases.
 */
final class SubsetDiscovery implements ServiceDiscovery {

	private static final Logger logger = LoggerFactory.getLogger(SubsetDiscovery.class);

	private static final int IDLE_SECONDS = 30;

	private final ServiceDiscovery discovery;

	private final SubsetSettings settings;

	/** New at each start, as that of an instance. */
	private final String consumerId = UUID.randomUUID().toString();

	private final SharedConsumers consumers;

	private final RandomGenerator random = new Random();

	private final Set<String> warned = ConcurrentHashMap.newKeySet();

	private final ScheduledThreadPoolExecutor loop;

	/**
	 * Creates a discovery.
	 * @param discovery tells all instances
	 * @param settings which applications are subset
	 */
	SubsetDiscovery(ServiceDiscovery discovery, SubsetSettings settings) {
		this.discovery = discovery;
		this.settings = settings;
		this.consumers = new SharedConsumers(discovery, this.consumerId);
		this.loop = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "rpc-subset");
			thread.setDaemon(true);
			return thread;
		});
		this.loop.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
		this.loop.allowCoreThreadTimeOut(true);
		this.loop.setRemoveOnCancelPolicy(true);
	}

	@Override
	public InstanceWatch watch(String application, InstanceListener listener) {
		int size = this.settings.sizeOf(application);
		if (size > 0) {
			SubsetWatch watch = new SubsetWatch(application, listener,
					new InstanceSubset(size, this.consumerId, System::nanoTime, this.random), this.loop);
			if (this.consumers.join(application, watch)) {
				watch.start(this.discovery, () -> this.consumers.leave(application, watch));
				return watch;
			}
			if (this.warned.add(application)) {
				logger.warn("All instances of {} are used, no subset: {} does not tell consumers of each other",
						application, this.discovery.describe());
			}
		}
		return this.discovery.watch(application, listener);
	}

	@Override
	public @Nullable ConsumerGroup joinConsumers(String application, String id, ConsumerGroup.Listener listener) {
		return this.discovery.joinConsumers(application, id, listener);
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

}
