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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.RegistrationStatistics;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One record of this process and what is known of it in etcd. Writes are transactions
 * guarded by the mod revision last written: what somebody else did to the key in between
 * is noticed, and then replaced. The key is watched, and put back when it was deleted or
 * altered. Except for what {@link Registration} promises, it lives on the thread of the
 * {@link EtcdConnection}.
 */
final class EtcdRegistration implements Registration, LeasedRecord, KeyWatchListener {

	private static final Logger logger = LoggerFactory.getLogger(EtcdRegistration.class);

	private static final long DEREGISTER_CAP_MILLIS = 2000;

	private final EtcdRegistrar registrar;

	private final EtcdConnection etcd;

	private final String keyText;

	private final ByteSequence key;

	private final CompletableFuture<Void> gone = new CompletableFuture<>();

	private final List<CompletableFuture<Void>> written = new ArrayList<>();

	private volatile ServiceInstance desired;

	private volatile RegistrationState state = RegistrationState.PENDING;

	/** The mod revision of the key as far as known, whoever wrote it; 0 for no key. */
	private long modRevision;

	/** The mod revision of our own last write. */
	private long ownRevision;

	/** The key as its watch last showed it. */
	private @Nullable KeyValue seen;

	private long seenRevision;

	private boolean writing;

	private @Nullable ServiceInstance stored;

	private @Nullable KeyWatch ownKey;

	EtcdRegistration(EtcdRegistrar registrar, EtcdConnection etcd, String key, ServiceInstance desired) {
		this.registrar = registrar;
		this.etcd = etcd;
		this.keyText = key;
		this.key = EtcdKeys.bytes(key);
		this.desired = desired;
	}

	@Override
	public ServiceInstance instance() {
		return this.desired;
	}

	@Override
	public RegistrationState state() {
		return this.state;
	}

	@Override
	public RegistrationStatistics statistics() {
		return this.registrar.statistics();
	}

	@Override
	public CompletableFuture<Void> update(ServiceInstance instance) {
		checkSame("id", instance.id(), this.desired.id());
		checkSame("application", instance.application(), this.desired.application());
		if (isRemoved()) {
			return CompletableFuture.completedFuture(null);
		}
		this.desired = instance;
		CompletableFuture<Void> future = new CompletableFuture<>();
		this.etcd.execute(() -> {
			this.written.add(future);
			if (isRemoved()) {
				completeUpdates();
			}
			else {
				this.registrar.reconcile();
			}
		});
		return future;
	}

	@Override
	public CompletableFuture<Void> deregister() {
		this.etcd.execute(() -> {
			if (!isRemoved()) {
				this.state = RegistrationState.DEREGISTERED;
				completeUpdates();
				this.registrar.reconcile();
			}
		});
		return this.gone.copy().completeOnTimeout(null, DEREGISTER_CAP_MILLIS, TimeUnit.MILLISECONDS);
	}

	@Override
	public void onRecords(SortedMap<String, KeyValue> records, long revision) {
		this.seen = records.get(this.keyText);
		this.seenRevision = revision;
		putBackIfLost();
	}

	@Override
	public void onReset() {
		this.modRevision = 0;
		this.ownRevision = 0;
	}

	@Override
	public void onUnavailable(Throwable failure) {
		// The connection reports it, and the watch goes on trying.
	}

	@Override
	public boolean isRemoved() {
		return this.state == RegistrationState.DEREGISTERED;
	}

	/**
	 * Says whether etcd has forgotten the record. Safe for any thread.
	 */
	boolean isGone() {
		return this.gone.isDone();
	}

	@Override
	public void lost() {
		this.stored = null;
		if (this.state == RegistrationState.REGISTERED) {
			this.state = RegistrationState.PENDING;
			this.registrar.recordLost();
		}
	}

	@Override
	public CompletableFuture<Void> write(long leaseId) {
		ServiceInstance target = this.desired;
		if (target.equals(this.stored)) {
			completeUpdates();
			return CompletableFuture.completedFuture(null);
		}
		this.writing = true;
		return guarded(this.modRevision, put(target, leaseId)).whenComplete((response, failure) -> this.writing = false)
			.thenCompose((response) -> {
				if (response.isSucceeded()) {
					written(target, response.getHeader().getRevision(), leaseId);
				}
				else {
					KeyValue found = found(response);
					this.modRevision = (found != null) ? found.getModRevision() : 0;
				}
				return write(leaseId);
			});
	}

	/**
	 * Makes etcd forget the record, which says first that it leaves: a record that is
	 * just gone, and its lease with it, might have expired.
	 */
	@Override
	public CompletableFuture<Void> delete() {
		if (this.ownKey != null) {
			this.ownKey.close();
			this.ownKey = null;
		}
		return takeLeave().thenCompose((ignored) -> delete(this.ownRevision));
	}

	private CompletableFuture<Void> takeLeave() {
		ServiceInstance last = this.stored;
		if (last == null || last.state() == InstanceState.DRAINING) {
			return CompletableFuture.completedFuture(null);
		}
		return guarded(this.ownRevision, put(last.withState(InstanceState.DRAINING), this.registrar.leaseId()))
			.thenAccept((response) -> {
				if (response.isSucceeded()) {
					this.ownRevision = response.getHeader().getRevision();
				}
			});
	}

	private CompletableFuture<Void> delete(long revision) {
		return guarded(revision, Op.delete(this.key, DeleteOption.DEFAULT)).thenCompose((response) -> {
			KeyValue found = response.isSucceeded() ? null : found(response);
			long lease = this.registrar.leaseId();
			// Under our lease it is a write of ours whose answer was lost; any other is
			// not ours to delete.
			return (found != null && lease != 0 && found.getLease() == lease) ? delete(found.getModRevision())
					: CompletableFuture.completedFuture(null);
		});
	}

	@Override
	public void completeDeregistration() {
		logger.info("Deregistered {}", name());
		this.etcd.events().add("Deregistered " + name());
		this.gone.complete(null);
	}

	private void completeUpdates() {
		this.written.forEach((future) -> future.complete(null));
		this.written.clear();
	}

	private Op put(ServiceInstance target, long leaseId) {
		return Op.put(this.key, bytes(target), PutOption.builder().withLeaseId(leaseId).build());
	}

	private CompletableFuture<TxnResponse> guarded(long revision, Op change) {
		Cmp asExpected = new Cmp(this.key, Cmp.Op.EQUAL, CmpTarget.modRevision(revision));
		Op look = Op.get(this.key, GetOption.builder().withKeysOnly(true).build());
		return this.etcd.call((client) -> {
			Txn txn = client.getKVClient().txn();
			return txn.If(asExpected).Then(change).Else(look).commit();
		});
	}

	private static @Nullable KeyValue found(TxnResponse response) {
		List<KeyValue> found = response.getGetResponses().get(0).getKvs();
		return found.isEmpty() ? null : found.get(0);
	}

	private void written(ServiceInstance target, long revision, long leaseId) {
		this.stored = target;
		this.modRevision = revision;
		this.ownRevision = revision;
		if (this.state == RegistrationState.PENDING) {
			this.state = RegistrationState.REGISTERED;
			logger.info("Registered {} in {} as {} with lease {}", name(), this.etcd.settings(), this.keyText,
					Long.toHexString(leaseId));
			this.etcd.events().add("Registered " + name());
		}
		if (this.ownKey == null) {
			this.ownKey = this.registrar.watch(this.keyText, this);
			this.ownKey.list();
		}
		putBackIfLost();
	}

	/**
	 * Compares what the watch showed with what was written. Not while a write is under
	 * way: the watch may be faster than its answer.
	 */
	private void putBackIfLost() {
		KeyValue record = this.seen;
		if (this.writing || this.state != RegistrationState.REGISTERED || this.seenRevision < this.ownRevision
				|| isOurs(record)) {
			return;
		}
		this.etcd.outage()
			.trouble("The record of {} in etcd was {}; putting it back", name(),
					(record != null) ? "altered" : "deleted");
		lost();
		if (record != null) {
			// Two that both insist on one key must not write as fast as they can.
			this.registrar.reconcileSoon();
		}
		else {
			this.registrar.reconcile();
		}
	}

	private boolean isOurs(@Nullable KeyValue record) {
		return record != null && (record.getModRevision() == this.ownRevision
				|| (record.getValue().equals(bytes(this.desired)) && record.getLease() == this.registrar.leaseId()));
	}

	private String name() {
		return this.desired.application() + " " + this.desired.address();
	}

	private static void checkSame(String name, String value, String expected) {
		if (!value.equals(expected)) {
			throw new IllegalArgumentException(name + ": '" + value + "' (expected: '" + expected + "')");
		}
	}

	private static ByteSequence bytes(ServiceInstance instance) {
		return ByteSequence.from(ServiceInstanceJson.write(instance), StandardCharsets.UTF_8);
	}

}
