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

import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.rpcboot.client.subset.InstanceSubset;
import io.rpcboot.client.subset.SubsetSelection;
import io.rpcboot.registry.ConsumerGroup;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watch of an application of which a subset is told. What the registry tells is
 * handed over to the thread of the subsets, on which all of this lives.
 */
final class SubsetWatch implements InstanceWatch, InstanceListener, ConsumerGroup.Listener {

	private static final Logger logger = LoggerFactory.getLogger(SubsetWatch.class);

	/**
	 * How long a large set waits for the numbers of the consumers: a choice made without
	 * them would have to be moved.
	 */
	private static final long FIRST_NUMBERS_MILLIS = 1000;

	/** A fleet that starts changes the numbers a thousand times; none of it is urgent. */
	private static final long LATER_NUMBERS_MILLIS = 1000;

	private final String application;

	private final InstanceListener listener;

	private final InstanceSubset subset;

	private final ScheduledExecutorService loop;

	/** Not taken in yet. */
	private final AtomicReference<ConsumerGroup.@Nullable Slots> newSlots = new AtomicReference<>();

	private @Nullable InstanceWatch watch;

	private @Nullable Runnable onClose;

	private @Nullable List<ServiceInstance> instances;

	private boolean numbered;

	private boolean waited;

	private @Nullable SubsetSelection last;

	private @Nullable Future<?> next;

	private volatile boolean firstSlots = true;

	private volatile boolean closed;

	SubsetWatch(String application, InstanceListener listener, InstanceSubset subset, ScheduledExecutorService loop) {
		this.application = application;
		this.listener = listener;
		this.subset = subset;
		this.loop = loop;
	}

	void start(ServiceDiscovery discovery, Runnable newOnClose) {
		this.onClose = newOnClose;
		this.watch = discovery.watch(this.application, this);
		this.loop.schedule(() -> run(() -> {
			this.waited = true;
			if (this.last == null) {
				takeInstances();
			}
		}), FIRST_NUMBERS_MILLIS, TimeUnit.MILLISECONDS);
	}

	@Override
	public void refresh() {
		if (this.watch != null) {
			this.watch.refresh();
		}
	}

	@Override
	public void close() {
		this.closed = true;
		if (this.watch != null) {
			this.watch.close();
		}
		if (this.onClose != null) {
			this.onClose.run();
		}
		this.loop.execute(this::cancelNext);
	}

	@Override
	public void onInstances(List<ServiceInstance> newInstances) {
		execute(() -> {
			this.instances = newInstances;
			takeInstances();
		});
	}

	@Override
	public void onUnavailable(RegistryException reason) {
		execute(() -> this.listener.onUnavailable(reason));
	}

	@Override
	public void onAnnouncedAgain(String id) {
		execute(() -> this.listener.onAnnouncedAgain(id));
	}

	@Override
	public void onSlots(ConsumerGroup.Slots slots) {
		if (this.newSlots.getAndSet(slots) == null) {
			long delay = this.firstSlots ? 0 : LATER_NUMBERS_MILLIS;
			this.firstSlots = false;
			this.loop.schedule(() -> run(this::takeSlots), delay, TimeUnit.MILLISECONDS);
		}
	}

	private void takeSlots() {
		ConsumerGroup.Slots slots = this.newSlots.getAndSet(null);
		if (slots == null) {
			return;
		}
		boolean first = !this.numbered;
		this.numbered = true;
		this.subset.onSlots(slots);
		if (first && this.last == null) {
			takeInstances();
		}
		else {
			advance();
		}
	}

	private void takeInstances() {
		if (this.instances == null) {
			return;
		}
		boolean whole = this.instances.size() < 2 * InstanceSubset.MIN_SIZE;
		if (this.numbered || this.waited || whole || this.last != null) {
			this.subset.onInstances(this.instances);
			// Told even if it is the same: somebody may have been announced again.
			this.last = null;
			advance();
		}
	}

	private void advance() {
		cancelNext();
		long waitNanos = this.subset.advance();
		if (waitNanos >= 0) {
			this.next = this.loop.schedule(() -> run(this::advance), waitNanos + 1, TimeUnit.NANOSECONDS);
		}
		SubsetSelection selection = this.subset.selection();
		if (this.instances == null || selection.equals(this.last)) {
			return;
		}
		if (this.last == null || !selection.instances().equals(this.last.instances())) {
			logger.debug("Subset of {}: {} of {} instances, {} leaving", this.application, selection.instances().size(),
					this.instances.size(), selection.leaving().size());
		}
		this.last = selection;
		this.listener.onSubset(selection.instances(), selection.leaving(), selection.outside());
	}

	private void cancelNext() {
		if (this.next != null) {
			this.next.cancel(false);
			this.next = null;
		}
	}

	private void execute(Runnable task) {
		this.loop.execute(() -> run(task));
	}

	private void run(Runnable task) {
		if (this.closed) {
			return;
		}
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			logger.error("The subset of {} could not be told", this.application, ex);
		}
	}

}
