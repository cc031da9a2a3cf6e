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
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistrationState;
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
final class EtcdRegistration implements Registration, KeyWatchListener {

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

	private long modRevision;

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
	public CompletableFuture<Void> update(ServiceInstance instance) {
		if (!instance.id().equals(this.desired.id())) {
			throw new IllegalArgumentException(
					"id: '" + instance.id() + "' (expected: '" + this.desired.id() + "', that of the registration)");
		}
		CompletableFuture<Void> future = new CompletableFuture<>();
		this.etcd.execute(() -> {
			if (this.state != RegistrationState.DEREGISTERED) {
				this.desired = instance;
				this.written.add(future);
				this.registrar.reconcile();
			}
		});
		return future;
	}

	@Override
	public CompletableFuture<Void> deregister() {
		this.etcd.execute(() -> {
			if (this.state != RegistrationState.DEREGISTERED) {
				this.state = RegistrationState.DEREGISTERED;
				this.registrar.reconcile();
			}
		});
		return this.gone.copy().completeOnTimeout(null, DEREGISTER_CAP_MILLIS, TimeUnit.MILLISECONDS);
	}

	@Override
	public void onRecords(SortedMap<String, KeyValue> records, long revision) {
		KeyValue record = records.get(this.keyText);
		if (this.state != RegistrationState.REGISTERED || revision < this.modRevision || isOurs(record)) {
			return;
		}
		logger.warn("The record of {} in etcd was {}; putting it back", name(),
				(record != null) ? "altered" : "deleted");
		lost();
		this.registrar.reconcile();
	}

	@Override
	public void onUnavailable(Throwable failure) {
		// The connection reports it, and the watch goes on trying.
	}

	boolean isRemoved() {
		return this.state == RegistrationState.DEREGISTERED;
	}

	/**
	 * Forgets that etcd holds the record: the next pass writes it again.
	 */
	void lost() {
		this.stored = null;
		if (this.state == RegistrationState.REGISTERED) {
			this.state = RegistrationState.PENDING;
		}
	}

	/**
	 * Makes etcd hold the desired record under the lease.
	 * @param leaseId the lease
	 * @return completes when it does
	 */
	@SuppressWarnings("ReferenceEquality") // The very record, so that none is skipped.
	CompletableFuture<Void> write(long leaseId) {
		ServiceInstance target = this.desired;
		if (target == this.stored) {
			return CompletableFuture.completedFuture(null);
		}
		Op put = Op.put(this.key, bytes(target), PutOption.builder().withLeaseId(leaseId).build());
		return guarded(put).thenCompose((response) -> {
			if (response.isSucceeded()) {
				written(target, response.getHeader().getRevision(), leaseId);
			}
			return write(leaseId);
		});
	}

	/**
	 * Makes etcd forget the record.
	 * @return completes when it has
	 */
	CompletableFuture<Void> delete() {
		if (this.ownKey != null) {
			this.ownKey.close();
			this.ownKey = null;
		}
		return guarded(Op.delete(this.key, DeleteOption.DEFAULT))
			.thenCompose((response) -> (response.isSucceeded() || this.modRevision == 0)
					? CompletableFuture.completedFuture(null) : delete());
	}

	void completeDeregistration() {
		logger.info("Deregistered {}", name());
		this.written.forEach((future) -> future.complete(null));
		this.gone.complete(null);
	}

	private CompletableFuture<TxnResponse> guarded(Op change) {
		Cmp asLastWritten = new Cmp(this.key, Cmp.Op.EQUAL, CmpTarget.modRevision(this.modRevision));
		Op look = Op.get(this.key, GetOption.builder().withKeysOnly(true).build());
		return this.etcd.call((client) -> {
			Txn txn = client.getKVClient().txn();
			return txn.If(asLastWritten).Then(change).Else(look).commit();
		}).thenApply((response) -> {
			if (!response.isSucceeded()) {
				GetResponse found = response.getGetResponses().get(0);
				this.modRevision = found.getKvs().isEmpty() ? 0 : found.getKvs().get(0).getModRevision();
			}
			return response;
		});
	}

	@SuppressWarnings("ReferenceEquality") // As above.
	private void written(ServiceInstance target, long revision, long leaseId) {
		this.stored = target;
		this.modRevision = revision;
		if (target == this.desired) {
			this.written.forEach((future) -> future.complete(null));
			this.written.clear();
		}
		if (this.state == RegistrationState.PENDING) {
			this.state = RegistrationState.REGISTERED;
			logger.info("Registered {} in {} as {} with lease {}", name(), this.etcd.settings(), this.keyText,
					Long.toHexString(leaseId));
		}
		if (this.ownKey == null) {
			this.ownKey = this.registrar.watch(this.keyText, this);
			this.ownKey.list();
		}
	}

	private boolean isOurs(@Nullable KeyValue record) {
		return record != null && (record.getModRevision() == this.modRevision
				|| (record.getValue().equals(bytes(this.desired)) && record.getLease() == this.registrar.leaseId()));
	}

	private String name() {
		return this.desired.application() + " " + this.desired.address();
	}

	private static ByteSequence bytes(ServiceInstance instance) {
		return ByteSequence.from(ServiceInstanceJson.write(instance), StandardCharsets.UTF_8);
	}

}
