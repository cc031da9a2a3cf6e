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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import io.grpc.Status;
import io.rpcboot.registry.ConsumerGroup;
import io.rpcboot.registry.RegistrationStatistics;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * Reconciles what this process wants in etcd with what etcd holds, for ever: one lease
 * for all its records, granted, renewed every third of its TTL by an own timer on the
 * monotonic clock, and replaced by a new one, with every record put again, on any doubt
 * about it (etcd does not know it, or no renewal for half its TTL). A failure costs a
 * jittered delay and is never final.
 * <p>
 * jetcd's own keep-alive is not used: it ends without a word when a deadline on the wall
 * clock passes. Runs on the thread of the {@link EtcdConnection}.
 */
final class EtcdRegistrar {

	private final EtcdConnection etcd;

	private final LongSupplier nanoTime;

	private final RandomGenerator random;

	private final Backoff backoff;

	private final long ttlNanos;

	/** The consumers last: what becomes of them must not keep instances from etcd. */
	private final List<LeasedRecord> records = new ArrayList<>();

	private final LongAdder renewals = new LongAdder();

	private final LongAdder losses = new LongAdder();

	private long leaseId;

	private long renewedNanos;

	private long passBeganNanos;

	private boolean busy;

	private boolean again;

	private @Nullable Future<?> next;

	EtcdRegistrar(EtcdConnection etcd, LongSupplier nanoTime, RandomGenerator random) {
		this.etcd = etcd;
		this.nanoTime = nanoTime;
		this.random = random;
		this.backoff = new Backoff(random);
		this.ttlNanos = etcd.settings().leaseTtl().toNanos();
	}

	EtcdRegistration add(String key, ServiceInstance instance) {
		EtcdRegistration registration = new EtcdRegistration(this, this.etcd, key, instance);
		this.etcd.execute(() -> {
			this.records.add(0, registration);
			reconcile();
		});
		return registration;
	}

	EtcdConsumer addConsumer(String prefix, String consumerId, ConsumerGroup.Listener listener) {
		EtcdConsumer consumer = new EtcdConsumer(this, this.etcd, prefix, consumerId, listener, this.random);
		this.etcd.execute(() -> {
			this.records.add(consumer);
			consumer.start();
			reconcile();
		});
		return consumer;
	}

	KeyWatch watch(String key, KeyWatchListener listener) {
		return new KeyWatch(this.etcd, key, EtcdKeys.endOfKey(key), listener, this.random);
	}

	/**
	 * Returns how the lease and its records have been kept. Safe for any thread.
	 */
	RegistrationStatistics statistics() {
		return new RegistrationStatistics(this.renewals.sum(), this.losses.sum());
	}

	/**
	 * Counts an instance that was lost, with its lease or without.
	 */
	void recordLost() {
		this.losses.increment();
	}

	long leaseId() {
		return this.leaseId;
	}

	/**
	 * Takes one pass within half a second: after what somebody else did, who may do it
	 * again at once.
	 */
	void reconcileSoon() {
		if (this.busy) {
			this.again = true;
		}
		else {
			scheduleNext(this.backoff.nextMillis(0));
		}
	}

	/**
	 * Takes one pass: at once, or when the one under way has ended.
	 */
	void reconcile() {
		if (this.busy) {
			this.again = true;
			return;
		}
		this.busy = true;
		this.again = false;
		this.passBeganNanos = this.nanoTime.getAsLong();
		if (this.next != null) {
			this.next.cancel(false);
		}
		pass().whenComplete((ignored, failure) -> {
			this.busy = false;
			if (failure != null) {
				failed(EtcdErrors.unwrap(failure));
			}
			else if (this.again) {
				reconcile();
			}
			else {
				this.backoff.reset();
				if (this.leaseId != 0) {
					// From the last renewal: a pass in between must not put off the next.
					long waitNanos = this.renewedNanos + this.ttlNanos / 3 - this.nanoTime.getAsLong();
					scheduleNext(TimeUnit.NANOSECONDS.toMillis(Math.max(0, waitNanos)));
				}
			}
		});
	}

	private CompletableFuture<Void> pass() {
		List<LeasedRecord> removed = new ArrayList<>();
		// A record that cannot be deleted must not cost the others their lease.
		boolean renew = this.leaseId != 0 && !this.records.stream().allMatch(LeasedRecord::isRemoved);
		return (renew ? lease() : nothing()).thenCompose((ignored) -> removeAll(removed))
			.thenCompose((ignored) -> this.records.isEmpty() ? revoke() : nothing())
			// Not before the lease: whoever waits for the last one closes the client
			// next.
			.whenComplete((ignored, failure) -> removed.forEach(LeasedRecord::completeDeregistration))
			.thenCompose(
					(ignored) -> this.records.isEmpty() ? nothing() : lease().thenCompose((alsoIgnored) -> writeAll()));
	}

	private CompletableFuture<Void> removeAll(List<LeasedRecord> removed) {
		CompletableFuture<Void> done = nothing();
		for (LeasedRecord record : List.copyOf(this.records)) {
			if (record.isRemoved()) {
				done = done.thenCompose((ignored) -> record.delete()).thenRun(() -> {
					this.records.remove(record);
					removed.add(record);
				});
			}
		}
		return done;
	}

	private CompletableFuture<Void> lease() {
		long sentNanos = this.nanoTime.getAsLong();
		if (this.leaseId == 0) {
			long ttlSeconds = Duration.ofNanos(this.ttlNanos).toSeconds();
			return this.etcd.call((client) -> client.getLeaseClient().grant(ttlSeconds)).thenAccept((response) -> {
				this.leaseId = response.getID();
				this.renewedNanos = sentNanos;
			});
		}
		if (sentNanos - this.renewedNanos < this.ttlNanos / 4) {
			return nothing();
		}
		return this.etcd.call((client) -> client.getLeaseClient().keepAliveOnce(this.leaseId))
			.thenAccept((response) -> {
				this.renewedNanos = sentNanos;
				this.renewals.increment();
			});
	}

	private CompletableFuture<Void> writeAll() {
		CompletableFuture<Void> done = nothing();
		for (LeasedRecord record : List.copyOf(this.records)) {
			if (!record.isRemoved()) {
				done = done.thenCompose((ignored) -> record.write(this.leaseId));
			}
		}
		return done;
	}

	private CompletableFuture<Void> revoke() {
		long revoked = this.leaseId;
		this.leaseId = 0;
		if (revoked == 0) {
			return nothing();
		}
		// Best effort: a lease that is gone already is as good, and one that stays
		// expires.
		return this.etcd.call((client) -> client.getLeaseClient().revoke(revoked)).handle((response, failure) -> null);
	}

	private void failed(Throwable failure) {
		boolean unknownToEtcd = EtcdErrors.code(failure) == Status.Code.NOT_FOUND;
		boolean stale = this.nanoTime.getAsLong() - this.renewedNanos > this.ttlNanos / 2;
		if (this.leaseId != 0 && (unknownToEtcd || stale)) {
			this.etcd.outage()
				.trouble("Lease {} is {}; registering again with a new one", Long.toHexString(this.leaseId),
						unknownToEtcd ? "not known to etcd any more" : "not renewed for half its time");
			this.leaseId = 0;
			this.records.forEach(LeasedRecord::lost);
		}
		else if (EtcdErrors.isUnexpected(failure)) {
			this.etcd.outage()
				.trouble("{} cannot be written: {}; trying again", this.etcd.settings(), EtcdErrors.text(failure));
		}
		scheduleNext(this.backoff.nextMillis(this.nanoTime.getAsLong() - this.passBeganNanos));
	}

	private void scheduleNext(long delayMillis) {
		if (this.next != null) {
			this.next.cancel(false);
		}
		this.next = this.etcd.schedule(this::reconcile, delayMillis);
	}

	private static CompletableFuture<Void> nothing() {
		return CompletableFuture.completedFuture(null);
	}

}
