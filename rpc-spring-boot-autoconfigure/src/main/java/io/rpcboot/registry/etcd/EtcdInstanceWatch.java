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

import java.util.List;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

import io.etcd.jetcd.KeyValue;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watch of one application: tells its listener each new set of instances.
 */
final class EtcdInstanceWatch implements InstanceWatch, KeyWatchListener {

	private static final Logger logger = LoggerFactory.getLogger(EtcdInstanceWatch.class);

	private final EtcdConnection etcd;

	private final String application;

	private final InstanceListener listener;

	private final InstanceRecords records;

	private final KeyWatch keys;

	private volatile boolean closed;

	private @Nullable List<ServiceInstance> last;

	EtcdInstanceWatch(EtcdConnection etcd, String application, String prefix, InstanceListener listener,
			RandomGenerator random) {
		this.etcd = etcd;
		this.application = application;
		this.listener = listener;
		this.records = new InstanceRecords(application, prefix);
		this.keys = new KeyWatch(etcd, prefix, EtcdKeys.endOfPrefix(prefix), this, random);
	}

	void start() {
		this.etcd.execute(this.keys::list);
	}

	@Override
	public void refresh() {
		this.etcd.execute(this.keys::refresh);
	}

	@Override
	public void close() {
		this.closed = true;
		this.etcd.execute(this.keys::close);
	}

	@Override
	public void onRecords(SortedMap<String, KeyValue> content, long revision) {
		List<ServiceInstance> instances = this.records.instances(content);
		if (this.closed || instances.equals(this.last)) {
			return;
		}
		long draining = instances.stream().filter((instance) -> instance.state() == InstanceState.DRAINING).count();
		logger.info("Instances of {}: {} ({} draining) at revision {}", this.application, instances.size(), draining,
				revision);
		this.last = instances;
		tell(() -> this.listener.onInstances(instances));
	}

	@Override
	public void onUnavailable(Throwable failure) {
		if (!this.closed) {
			tell(() -> this.listener
				.onUnavailable(new RegistryException(this.etcd.settings() + ": " + EtcdErrors.text(failure), failure)));
		}
	}

	private void tell(Runnable news) {
		try {
			news.run();
		}
		catch (RuntimeException ex) {
			logger.error("A listener to the instances of {} failed", this.application, ex);
		}
	}

}
