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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistryEvents;
import io.rpcboot.registry.ServiceInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that touches files and calls listeners, from the first registration or
 * watch until the registry is closed.
 */
final class PollThread {

	private static final Logger logger = LoggerFactory.getLogger(PollThread.class);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private final Function<String, InstanceDirectory> directories;

	private final Duration period;

	private final RegistryEvents events;

	private final List<LocalRegistration> registrations = new CopyOnWriteArrayList<>();

	private final List<LocalWatch> watches = new CopyOnWriteArrayList<>();

	/** Read by the thread only, but for what they tell. */
	private final Map<String, WatchedApplication> applications = new ConcurrentHashMap<>();

	private final Semaphore wake = new Semaphore(0);

	private final Thread thread;

	private volatile boolean stopping;

	PollThread(String name, Function<String, InstanceDirectory> directories, Duration period, RegistryEvents events) {
		this.events = events;
		this.directories = directories;
		this.period = period;
		this.thread = new Thread(this::run, name);
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	Registration register(ServiceInstance instance) {
		InstanceDirectory directory = this.directories.apply(instance.application());
		Announcement announcement = new Announcement(directory, directory.ownKey(instance.id()));
		LocalRegistration registration = new LocalRegistration(instance, announcement, this::pollSoon, this.period,
				this.events);
		this.registrations.add(registration);
		pollSoon();
		return registration;
	}

	InstanceWatch watch(String application, InstanceListener listener) {
		LocalWatch watch = new LocalWatch(application, listener, this::pollSoon, this.watches::remove);
		this.watches.add(watch);
		watched(application);
		pollSoon();
		return watch;
	}

	/**
	 * Returns what is known of the watched applications. From any thread.
	 * @param what what of one is wanted
	 * @return by the names
	 */
	<T> Map<String, T> known(Function<WatchedApplication, T> what) {
		Map<String, T> known = new TreeMap<>();
		this.watches.forEach((watch) -> known.put(watch.application(), what.apply(watched(watch.application()))));
		return known;
	}

	private WatchedApplication watched(String application) {
		return this.applications.computeIfAbsent(application,
				(name) -> new WatchedApplication(this.directories.apply(name), this.events));
	}

	/**
	 * Ends the watches, takes the registrations away and waits until that is done, unless
	 * it is a listener that closes the registry.
	 */
	void close() {
		this.watches.forEach(LocalWatch::close);
		this.stopping = true;
		pollSoon();
		if (Thread.currentThread().equals(this.thread)) {
			return;
		}
		try {
			this.thread.join(CLOSE_TIMEOUT.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (this.thread.isAlive()) {
			logger.warn("{} has not ended yet", this.thread.getName());
		}
	}

	private void pollSoon() {
		if (this.wake.availablePermits() == 0) {
			this.wake.release();
		}
	}

	private void run() {
		while (!this.stopping) {
			try {
				if (this.wake.tryAcquire(this.period.toMillis(), TimeUnit.MILLISECONDS)) {
					this.wake.drainPermits();
				}
				poll();
			}
			catch (InterruptedException ex) {
				logger.debug("Interrupted by a listener; going on", ex);
			}
			catch (RuntimeException | Error ex) {
				logger.error("Poll failed; going on", ex);
			}
		}
		this.registrations.forEach(LocalRegistration::end);
	}

	private void poll() {
		this.registrations.removeAll(this.registrations.stream().filter(LocalRegistration::reconcile).toList());
		Map<String, List<LocalWatch>> byApplication = this.watches.stream()
			.collect(Collectors.groupingBy(LocalWatch::application));
		this.applications.keySet()
			.removeIf((application) -> !byApplication.containsKey(application) && !isWatched(application));
		byApplication.forEach((application, watching) -> watched(application).poll(watching));
	}

	/**
	 * Looks again: one may have been added a moment ago.
	 */
	private boolean isWatched(String application) {
		return this.watches.stream().anyMatch((watch) -> watch.application().equals(application));
	}

}
