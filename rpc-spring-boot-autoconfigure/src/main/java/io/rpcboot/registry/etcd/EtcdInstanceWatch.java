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

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.lease.LeaseTimeToLiveResponse;
import io.etcd.jetcd.options.LeaseOption;
import io.grpc.Status;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.WatchStatus;
import io.rpcboot.registry.snapshot.SnapshotFiles;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watch of one application: tells its listener each new set of instances. A change is
 * told at once, unless the last one was told just now: the changes of twice the time that
 * telling took, at most 100 ms, are told together. So a large set that changes often
 * leaves the thread two thirds of its time for leases and other watches.
 */
final class EtcdInstanceWatch implements InstanceWatch, KeyWatchListener {

	private static final Logger logger = LoggerFactory.getLogger(EtcdInstanceWatch.class);

	private static final int MAX_LOOKUPS = 16;

	private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private final EtcdConnection etcd;

	private final EtcdSettings place;

	private final String application;

	private final String label;

	private final InstanceListener listener;

	private final @Nullable SnapshotFiles snapshots;

	private final Consumer<EtcdInstanceWatch> onClose;

	private final InstanceRecords records;

	private final RegistryTrust trust;

	private final Membership membership;

	private final KeyWatch keys;

	private final Deque<Membership.Gone> undecided = new ArrayDeque<>();

	private int lookups;

	private @Nullable SortedMap<String, KeyValue> content;

	private long revision;

	private boolean changed;

	private long pauseUntilNanos = System.nanoTime();

	private @Nullable Future<?> next;

	private boolean restored;

	private @Nullable List<ServiceInstance> last;

	private volatile boolean closed;

	private volatile WatchStatus status = new WatchStatus(WatchStatus.State.PENDING, 0, Set.of());

	/**
	 * Creates a watch.
	 * @param etcd the connection
	 * @param place its settings, but for the namespace, which is the one to look into
	 * @param records reads the records of the application
	 * @param listener is told
	 * @param snapshots keep the sets of this namespace
	 * @param random spreads reads
	 * @param onClose is told the end
	 */
	EtcdInstanceWatch(EtcdConnection etcd, EtcdSettings place, InstanceRecords records, InstanceListener listener,
			@Nullable SnapshotFiles snapshots, RandomGenerator random, Consumer<EtcdInstanceWatch> onClose) {
		this.etcd = etcd;
		this.place = place;
		this.application = records.application();
		this.label = place.namespace().equals(etcd.settings().namespace()) ? this.application
				: place.namespace() + "/" + this.application;
		this.listener = listener;
		this.snapshots = snapshots;
		this.onClose = onClose;
		this.records = records;
		this.trust = new RegistryTrust(etcd.liveness(), System::nanoTime);
		this.membership = new Membership(this.trust, System::nanoTime);
		this.keys = new KeyWatch(etcd, records.prefix(), EtcdKeys.endOfPrefix(records.prefix()), this, random);
	}

	/**
	 * Returns the application, after its namespace unless that is the registry's own.
	 */
	String label() {
		return this.label;
	}

	void start() {
		this.etcd.execute(() -> {
			this.etcd.liveness().opened(this);
			this.keys.list();
		});
	}

	/**
	 * Returns how the set stands. Safe for any thread.
	 */
	WatchStatus status() {
		WatchStatus told = this.status;
		return (told.state() == WatchStatus.State.CURRENT && this.trust.isSilent())
				? new WatchStatus(WatchStatus.State.STALE, told.instances(), told.quarantined()) : told;
	}

	/**
	 * Returns how long ago etcd answered last, or, while it cannot be followed, did
	 * before that; before the first answer, how long the watch has been open. Safe for
	 * any thread.
	 */
	Duration age() {
		return this.trust.age();
	}

	@Override
	public void refresh() {
		this.etcd.execute(this.keys::refresh);
	}

	@Override
	public void close() {
		this.closed = true;
		this.onClose.accept(this);
		this.etcd.execute(() -> {
			this.keys.close();
			this.etcd.liveness().closed(this);
			cancelNext();
		});
	}

	@Override
	public void onAnswer() {
		this.trust.answered();
		if (this.membership.isWaiting()) {
			publishSoon();
		}
	}

	@Override
	public void onBroken() {
		this.trust.broken();
	}

	@Override
	public void onReset() {
		this.etcd.liveness().doubt();
	}

	@Override
	public void onDeleted(KeyValue lastRecord) {
		ServiceInstance instance = this.records.readLast(lastRecord);
		if (instance != null && instance.state() == InstanceState.DRAINING) {
			this.membership.tookLeave(KeyReader.key(lastRecord));
		}
	}

	@Override
	public void onRecords(SortedMap<String, KeyValue> newContent, long newRevision) {
		this.content = newContent;
		this.revision = newRevision;
		this.changed = true;
		publishSoon();
	}

	@Override
	public void onUnavailable(Throwable failure) {
		if (this.closed) {
			return;
		}
		if (!this.restored && restore()) {
			publish();
		}
		else if (this.last == null) {
			tell(() -> this.listener
				.onUnavailable(new RegistryException(this.place + ": " + EtcdErrors.text(failure), failure)));
		}
	}

	private boolean restore() {
		this.restored = true;
		List<ServiceInstance> found = (this.snapshots != null) ? this.snapshots.load(this.application) : null;
		if (found == null || found.isEmpty()) {
			return false;
		}
		logger.warn("Instances of {}: {} from the snapshot of an earlier run, until {} answers", this.label,
				found.size(), this.place);
		this.etcd.events().add("Instances of " + this.label + ": " + found.size() + " from the snapshot");
		Map<String, ServiceInstance> byKey = new HashMap<>();
		found.forEach((instance) -> byKey.put(this.records.prefix() + instance.id(), instance));
		this.membership.restore(byKey);
		return true;
	}

	private void publishSoon() {
		long wait = this.pauseUntilNanos - System.nanoTime();
		if (wait <= 0) {
			publish();
		}
		else {
			publishIn(wait);
		}
	}

	private void publish() {
		cancelNext();
		if (this.closed) {
			return;
		}
		long began = System.nanoTime();
		if (this.changed && this.content != null) {
			this.changed = false;
			this.undecided.addAll(this.membership.update(this.records.read(this.content)));
			lookUpLeases();
		}
		publish(this.membership.instances());
		long ended = System.nanoTime();
		this.pauseUntilNanos = ended + Math.min(MAX_PAUSE_NANOS, 2 * (ended - began));
		Long wait = this.membership.waitNanos();
		if (wait != null) {
			publishIn(wait);
		}
	}

	private void publish(List<ServiceInstance> instances) {
		boolean known = this.content != null;
		Set<String> quarantined = this.membership.quarantined();
		if (!quarantined.isEmpty()) {
			// Others may have taken their addresses.
			quarantined.retainAll(instances.stream().map(ServiceInstance::id).collect(Collectors.toSet()));
		}
		this.status = new WatchStatus(known ? WatchStatus.State.CURRENT : WatchStatus.State.SNAPSHOT, instances.size(),
				quarantined);
		Set<String> again = this.membership.takeAnnouncedAgain();
		again.forEach((id) -> tell(() -> this.listener.onAnnouncedAgain(id)));
		boolean same = instances.equals(this.last);
		if (same && again.isEmpty()) {
			return;
		}
		this.last = instances;
		if (!same && known) {
			long draining = instances.stream().filter((instance) -> instance.state() == InstanceState.DRAINING).count();
			logger.info("Instances of {}: {} ({} draining, {} in quarantine) at revision {}", this.label,
					instances.size(), draining, quarantined.size(), this.revision);
			this.etcd.events()
				.add("Instances of " + this.label + ": " + instances.size() + " (" + draining + " draining, "
						+ quarantined.size() + " in quarantine)");
			if (this.snapshots != null) {
				this.snapshots.save(this.application, instances);
			}
		}
		tell(() -> this.listener.onInstances(instances));
	}

	/**
	 * Asks of each record that has gone whether its lease has too. A few at a time: a
	 * whole fleet may have gone.
	 */
	private void lookUpLeases() {
		while (!this.closed && this.lookups < MAX_LOOKUPS && !this.undecided.isEmpty()) {
			Membership.Gone entry = this.undecided.remove();
			this.lookups++;
			this.etcd.call((client) -> client.getLeaseClient().timeToLive(entry.lease(), LeaseOption.DEFAULT))
				.whenComplete((response, failure) -> {
					this.lookups--;
					if (failure != null && EtcdErrors.isSilence(failure)) {
						noMoreLookUps();
					}
					this.membership.decide(entry, lives(response, failure));
					lookUpLeases();
					publishSoon();
				});
		}
	}

	/** In its last second a lease has 0 seconds left, and -1 when it has ended. */
	private static boolean lives(@Nullable LeaseTimeToLiveResponse response, @Nullable Throwable failure) {
		return (response != null) ? response.getTTL() >= 0
				// Which keys a lease holds is asked of one that lives only.
				: failure != null && EtcdErrors.code(failure) == Status.Code.PERMISSION_DENIED;
	}

	/** Each of thousands would wait for its time-out. */
	private void noMoreLookUps() {
		this.trust.doubt();
		this.undecided.forEach((entry) -> this.membership.decide(entry, false));
		this.undecided.clear();
	}

	private void publishIn(long waitNanos) {
		cancelNext();
		this.next = this.etcd.schedule(this::publish, TimeUnit.NANOSECONDS.toMillis(waitNanos) + 1);
	}

	private void cancelNext() {
		if (this.next != null) {
			this.next.cancel(false);
			this.next = null;
		}
	}

	private void tell(Runnable news) {
		try {
			news.run();
		}
		catch (RuntimeException ex) {
			logger.error("A listener to the instances of {} failed", this.label, ex);
		}
	}

}
