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

package io.rpcboot.registry.snapshot;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes, from the first save until the end.
 */
final class SnapshotWriter {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotWriter.class);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

	private final SnapshotDirectory directory;

	private final String namespace;

	private final LongSupplier nanoTime;

	private final Thread thread;

	private final SaveQueue queue = new SaveQueue();

	private boolean started;

	private boolean closed;

	/** Used by the thread only, like the next one. */
	private final Map<String, WrittenSet> written = new HashMap<>();

	private final Set<String> failing = new HashSet<>();

	SnapshotWriter(SnapshotDirectory directory, String namespace, LongSupplier nanoTime) {
		this.directory = directory;
		this.namespace = namespace;
		this.nanoTime = nanoTime;
		this.thread = new Thread(this::run, "rpc-snapshot-" + namespace);
		this.thread.setDaemon(true);
	}

	synchronized void save(String application, List<ServiceInstance> instances) {
		if (this.closed) {
			logger.debug("Closed; {} instances of {} are not saved", instances.size(), application);
			return;
		}
		this.queue.put(application, instances);
		if (!this.started) {
			this.started = true;
			this.thread.start();
		}
		notifyAll();
	}

	void close() {
		synchronized (this) {
			this.closed = true;
			notifyAll();
			if (!this.started) {
				return;
			}
		}
		try {
			this.thread.join(CLOSE_TIMEOUT.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (this.thread.isAlive()) {
			logger.warn("{} has not ended yet; the last changes may be missing", this.thread.getName());
		}
	}

	private void run() {
		for (PendingSave save = take(); save != null; save = take()) {
			write(save.application(), save.instances());
		}
	}

	/**
	 * Waits for the next set to write.
	 * @return the set, or {@code null} after the last one
	 */
	private synchronized @Nullable PendingSave take() {
		while (true) {
			long now = this.nanoTime.getAsLong();
			PendingSave save = this.closed ? this.queue.pollNow() : this.queue.poll(now);
			if (save != null || this.closed) {
				return save;
			}
			try {
				TimeUnit.NANOSECONDS.timedWait(this, this.queue.nanosToNext(now));
			}
			catch (InterruptedException ex) {
				logger.debug("Interrupted by a stranger; going on", ex);
			}
		}
	}

	private void write(String application, List<ServiceInstance> instances) {
		try {
			WrittenSet last = this.written.get(application);
			// Another process may have written another set since, or a person removed it
			if (last != null && last.instances().equals(instances)
					&& this.directory.startsWith(application, last.header())) {
				return;
			}
			byte[] content = SnapshotFormat.write(this.namespace, application, instances);
			this.directory.write(application, content);
			this.written.put(application, new WrittenSet(instances, SnapshotFormat.header(content)));
			succeeded(application);
		}
		catch (IOException | RuntimeException | OutOfMemoryError ex) {
			failed(application, ex);
		}
	}

	private void succeeded(String application) {
		if (this.failing.remove(application)) {
			logger.info("Snapshot {} is written again", this.directory.file(application));
		}
	}

	private void failed(String application, Throwable failure) {
		if (this.failing.add(application)) {
			logger.warn("Snapshot {} was not written ({}). What it held before stays; trying again with the next save",
					this.directory.file(application), SnapshotDirectory.text(failure));
		}
		else {
			logger.debug("Snapshot {} was not written", this.directory.file(application), failure);
		}
	}

	/**
	 * What this process wrote last.
	 *
	 * @param instances the set
	 * @param header the first line of the file
	 */
	private record WrittenSet(List<ServiceInstance> instances, String header) {

	}

}
