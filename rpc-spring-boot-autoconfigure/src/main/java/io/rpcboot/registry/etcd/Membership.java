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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * The set of instances of one application: those with a record, and those whose record
 * has gone for a reason that does not count. Why it has gone decides:
 * <ul>
 * <li>It was draining: its owner took it away. Out at once.</li>
 * <li>Its lease lives: somebody deleted it by hand. Out at once; the last one after a
 * moment, in which its owner, if there is one, puts it back.</li>
 * <li>Its lease has ended: it vanished. Out at once while the registry can be trusted;
 * otherwise it is in quarantine until that is so again. Its connection and its health say
 * meanwhile whether it is called. A vanish never empties the set.</li>
 * </ul>
 * Of two records with one address the younger key counts: the older one belongs to a
 * process that has gone and whose lease has not expired yet. So it is with two records
 * that claim one id, by which everybody else tells instances apart. Not safe for several
 * threads.
 */
final class Membership {

	/** A record deleted by hand is back within 2 s. */
	private static final long PUT_BACK_NANOS = Duration.ofSeconds(3).toNanos();

	private final RegistryTrust trust;

	private final LongSupplier nanoTime;

	private Map<String, InstanceRecord> present = Map.of();

	private final Map<String, Gone> gone = new LinkedHashMap<>();

	private int undecided;

	private final Set<String> tookLeave = new HashSet<>();

	private final Set<String> announcedAgain = new HashSet<>();

	Membership(RegistryTrust trust, LongSupplier nanoTime) {
		this.trust = trust;
		this.nanoTime = nanoTime;
	}

	/**
	 * Takes instances from an earlier run, until records replace them.
	 * @param instances by the keys that their records had
	 */
	void restore(Map<String, ServiceInstance> instances) {
		instances.forEach((key, instance) -> {
			Gone entry = new Gone(key, instance, 0, this.nanoTime.getAsLong());
			entry.cause = Cause.RESTORED;
			this.gone.put(key, entry);
		});
	}

	/**
	 * Notes that the owner of a record said that it leaves, before the record went.
	 * @param key the key
	 */
	void tookLeave(String key) {
		this.tookLeave.add(key);
	}

	/**
	 * Takes the records as they are now.
	 * @param records by key
	 * @return the instances that have gone since the last time and of which it is not
	 * known why; {@link #decide} must be called for each
	 */
	List<Gone> update(Map<String, InstanceRecord> records) {
		List<Gone> news = new ArrayList<>();
		this.present.forEach((key, last) -> {
			InstanceRecord now = records.get(key);
			if (now == null) {
				left(key, last, news);
			}
			else if (now.createRevision() != last.createRevision()) {
				this.announcedAgain.add(now.instance().id());
			}
		});
		this.gone.values().removeIf((entry) -> cameBack(entry, records.get(entry.key)));
		this.tookLeave.clear();
		this.present = records;
		return news;
	}

	/**
	 * Says why an instance has gone.
	 * @param entry what {@link #update} returned
	 * @param leaseLives whether the lease of its record outlived it
	 */
	void decide(Gone entry, boolean leaseLives) {
		if (!entry.equals(this.gone.get(entry.key))) {
			// It was announced again meanwhile.
			return;
		}
		this.undecided--;
		entry.cause = leaseLives ? Cause.DELETED : Cause.VANISHED;
		if (!leaseLives) {
			this.trust.vanished(this.undecided, this.present.size());
		}
	}

	/**
	 * Returns the set as it is now.
	 * @return the instances in the order of their ids
	 */
	List<ServiceInstance> instances() {
		release();
		List<ServiceInstance> set = distinct(this.present.values());
		if (set.size() < this.present.size() + this.gone.size()) {
			// Rare, so only then are they put in the order of their age.
			set = distinct(this.present.values()
				.stream()
				.sorted(Comparator.comparingLong(InstanceRecord::createRevision).reversed())
				.toList());
		}
		set.sort(Comparator.comparing(ServiceInstance::id));
		return Collections.unmodifiableList(set);
	}

	/**
	 * Returns who is in quarantine.
	 * @return the ids of those that vanished and are still in the set
	 */
	Set<String> quarantined() {
		return this.gone.values()
			.stream()
			.filter((entry) -> entry.cause == Cause.VANISHED || entry.cause == Cause.RESTORED)
			.map((entry) -> entry.instance.id())
			.collect(Collectors.toCollection(HashSet::new));
	}

	/**
	 * Returns who was announced anew since the last call, after the record had gone.
	 * @return the ids
	 */
	Set<String> takeAnnouncedAgain() {
		Set<String> taken = Set.copyOf(this.announcedAgain);
		this.announcedAgain.clear();
		return taken;
	}

	/**
	 * Says whether instances are in the set whose records have gone.
	 */
	boolean isWaiting() {
		return !this.gone.isEmpty();
	}

	/**
	 * Returns when the set may change although no record does.
	 * @return nanoseconds from now; {@code null} for not before something happens
	 */
	@Nullable Long waitNanos() {
		long now = this.nanoTime.getAsLong();
		Long wait = null;
		for (Gone entry : this.gone.values()) {
			long left = switch (entry.cause) {
				case UNDECIDED, RESTORED -> Long.MAX_VALUE;
				case DELETED -> Math.max(0, entry.sinceNanos + PUT_BACK_NANOS - now);
				// Another watch may hear the registry first, so a silence is looked at
				// again.
				case VANISHED -> this.present.isEmpty() ? Long.MAX_VALUE : this.trust.doubtNanos();
			};
			if (left != Long.MAX_VALUE) {
				wait = (wait != null) ? Math.min(wait, left) : left;
			}
		}
		return wait;
	}

	private boolean cameBack(Gone entry, @Nullable InstanceRecord record) {
		if (record == null) {
			return false;
		}
		this.announcedAgain.add(record.instance().id());
		this.undecided -= (entry.cause == Cause.UNDECIDED) ? 1 : 0;
		return true;
	}

	private void left(String key, InstanceRecord last, List<Gone> news) {
		if (last.instance().state() == InstanceState.DRAINING || this.tookLeave.contains(key)) {
			return;
		}
		Gone entry = new Gone(key, last.instance(), last.lease(), this.nanoTime.getAsLong());
		this.gone.put(key, entry);
		if (last.lease() == 0) {
			entry.cause = this.trust.isInDoubt() ? Cause.VANISHED : Cause.DELETED;
		}
		else {
			this.undecided++;
			news.add(entry);
		}
	}

	private void release() {
		if (!this.present.isEmpty()) {
			// Whatever etcd holds now is truer than a file of another time.
			this.gone.values().removeIf((entry) -> entry.cause == Cause.RESTORED);
		}
		if (!this.present.isEmpty() && !this.trust.isInDoubt()) {
			this.gone.values().removeIf((entry) -> entry.cause == Cause.VANISHED);
		}
		boolean others = !this.present.isEmpty()
				|| this.gone.values().stream().anyMatch((entry) -> entry.cause != Cause.DELETED);
		long now = this.nanoTime.getAsLong();
		this.gone.values()
			.removeIf((entry) -> entry.cause == Cause.DELETED && (others || now - entry.sinceNanos >= PUT_BACK_NANOS));
	}

	/**
	 * Takes the first of several with one address or id, and whoever has a record before
	 * all who have none.
	 */
	private List<ServiceInstance> distinct(Collection<InstanceRecord> records) {
		Set<String> addresses = new HashSet<>(records.size() * 2);
		Set<String> ids = new HashSet<>(records.size() * 2);
		List<ServiceInstance> set = new ArrayList<>(records.size() + this.gone.size());
		BiConsumer<ServiceInstance, String> add = (instance, address) -> {
			if (addresses.add(address) && ids.add(instance.id())) {
				set.add(instance);
			}
		};
		records.forEach((record) -> add.accept(record.instance(), record.address()));
		this.gone.values().forEach((entry) -> add.accept(entry.instance, entry.instance.address()));
		return set;
	}

	private enum Cause {

		UNDECIDED, DELETED, VANISHED, RESTORED

	}

	/**
	 * An instance without a record.
	 */
	static final class Gone {

		private final String key;

		private final ServiceInstance instance;

		private final long lease;

		private final long sinceNanos;

		private Cause cause = Cause.UNDECIDED;

		private Gone(String key, ServiceInstance instance, long lease, long sinceNanos) {
			this.key = key;
			this.instance = instance;
			this.lease = lease;
			this.sinceNanos = sinceNanos;
		}

		long lease() {
			return this.lease;
		}

	}

}
