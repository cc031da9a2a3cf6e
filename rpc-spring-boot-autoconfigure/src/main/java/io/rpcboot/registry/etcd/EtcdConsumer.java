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
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

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
import io.rpcboot.registry.ConsumerGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place of this process among the consumers of an application: a number, claimed by a
 * transaction that puts a key which nobody has. The key is under the lease, and is
 * claimed again whenever it is lost: the same number if nobody has taken it meanwhile.
 * Except for {@link #close()}, it lives on the thread of the {@link EtcdConnection}.
 */
final class EtcdConsumer implements ConsumerGroup, LeasedRecord, KeyWatchListener {

	private static final Logger logger = LoggerFactory.getLogger(EtcdConsumer.class);

	private static final long LEAVE_CAP_MILLIS = 2000;

	private static final int NONE = -1;

	/** Whoever writes other keys there does not grow our tables. */
	private static final Pattern SLOT = Pattern.compile("0|[1-9]\\d{0,5}");

	private final EtcdRegistrar registrar;

	private final EtcdConnection etcd;

	private final String prefix;

	private final ByteSequence value;

	private final Listener listener;

	private final KeyWatch watch;

	private final SlotChoice choice;

	private final CompletableFuture<Void> gone = new CompletableFuture<>();

	private SortedMap<String, KeyValue> content = Collections.emptySortedMap();

	private boolean contentKnown;

	private long revision;

	/** The number that this process has or had last. */
	private int slot = NONE;

	private boolean held;

	/** The mod revision of our own last write. */
	private long ownRevision;

	private boolean writing;

	private @Nullable Slots told;

	private boolean removed;

	EtcdConsumer(EtcdRegistrar registrar, EtcdConnection etcd, String prefix, String consumerId, Listener listener,
			RandomGenerator random) {
		this.registrar = registrar;
		this.etcd = etcd;
		this.prefix = prefix;
		this.value = ByteSequence.from("{\"id\":\"" + consumerId + "\"}", StandardCharsets.UTF_8);
		this.listener = listener;
		this.watch = new KeyWatch(etcd, prefix, EtcdKeys.endOfPrefix(prefix), this, random);
		this.choice = new SlotChoice(random);
	}

	void start() {
		this.watch.list();
	}

	@Override
	public void close() {
		leave();
	}

	/**
	 * Gives the number up. Safe for any thread.
	 * @return completes when etcd has forgotten it, or after two seconds
	 */
	CompletableFuture<Void> leave() {
		this.etcd.execute(() -> {
			if (!this.removed) {
				this.removed = true;
				this.watch.close();
				this.registrar.reconcile();
			}
		});
		return this.gone.copy().completeOnTimeout(null, LEAVE_CAP_MILLIS, TimeUnit.MILLISECONDS);
	}

	/**
	 * Says whether etcd has forgotten the number. Safe for any thread.
	 */
	boolean isGone() {
		return this.gone.isDone();
	}

	@Override
	public boolean isRemoved() {
		return this.removed;
	}

	@Override
	public void lost() {
		this.held = false;
	}

	@Override
	public void completeDeregistration() {
		this.gone.complete(null);
	}

	@Override
	public void onReset() {
		this.ownRevision = 0;
	}

	@Override
	public void onUnavailable(Throwable failure) {
		// The connection reports it, and the watch goes on trying.
	}

	@Override
	public void onRecords(SortedMap<String, KeyValue> records, long newRevision) {
		boolean first = !this.contentKnown;
		this.content = records;
		this.contentKnown = true;
		this.revision = newRevision;
		if (first) {
			this.registrar.reconcile();
		}
		else {
			compare();
		}
	}

	/**
	 * Claims a number, unless this process has one. Which ones are free is not known
	 * before the first list.
	 */
	@Override
	public CompletableFuture<Void> write(long leaseId) {
		if (this.held || !this.contentKnown || this.removed) {
			return CompletableFuture.completedFuture(null);
		}
		int wanted = (this.slot != NONE && isFreeOrOurs(this.slot)) ? this.slot : this.choice.next(taken());
		KeyValue present = this.content.get(key(wanted));
		this.writing = true;
		return claim(wanted, (present != null) ? present.getModRevision() : 0, leaseId)
			.whenComplete((done, failure) -> this.writing = false)
			.thenCompose((done) -> {
				compare();
				return write(leaseId);
			});
	}

	@Override
	public CompletableFuture<Void> delete() {
		return (this.slot != NONE) ? delete(this.ownRevision) : CompletableFuture.completedFuture(null);
	}

	private CompletableFuture<Void> claim(int wanted, long expected, long leaseId) {
		Op put = Op.put(EtcdKeys.bytes(key(wanted)), this.value, PutOption.builder().withLeaseId(leaseId).build());
		return guarded(wanted, expected, put).thenCompose((response) -> {
			KeyValue found = found(response);
			if (response.isSucceeded()) {
				claimed(wanted, response.getHeader().getRevision());
			}
			else if (found == null || found.getValue().equals(this.value)) {
				// The answer to an earlier write of ours was lost, or the watch is late.
				return claim(wanted, (found != null) ? found.getModRevision() : 0, leaseId);
			}
			else if (wanted == this.slot) {
				this.choice.takenMeanwhile(wanted);
				this.slot = NONE;
			}
			else {
				this.choice.refused(wanted);
			}
			return CompletableFuture.completedFuture(null);
		});
	}

	private void claimed(int wanted, long newRevision) {
		if (wanted != this.slot) {
			logger.info("Consumer {} in {}", key(wanted), this.etcd.settings());
		}
		this.slot = wanted;
		this.held = true;
		this.ownRevision = newRevision;
		this.choice.reset();
	}

	private CompletableFuture<Void> delete(long expected) {
		return guarded(this.slot, expected, Op.delete(EtcdKeys.bytes(key(this.slot)), DeleteOption.DEFAULT))
			.thenCompose((response) -> {
				KeyValue found = response.isSucceeded() ? null : found(response);
				return (found != null && found.getValue().equals(this.value)) ? delete(found.getModRevision())
						: CompletableFuture.completedFuture(null);
			});
	}

	private CompletableFuture<TxnResponse> guarded(int wanted, long expected, Op change) {
		ByteSequence key = EtcdKeys.bytes(key(wanted));
		Cmp asExpected = new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(expected));
		Op look = Op.get(key, GetOption.DEFAULT);
		return this.etcd.call((client) -> {
			Txn txn = client.getKVClient().txn();
			return txn.If(asExpected).Then(change).Else(look).commit();
		});
	}

	private static @Nullable KeyValue found(TxnResponse response) {
		List<KeyValue> found = response.isSucceeded() ? List.of() : response.getGetResponses().get(0).getKvs();
		return found.isEmpty() ? null : found.get(0);
	}

	/**
	 * Compares what the watch showed with what was claimed, and tells it. Not while a
	 * claim is under way: the watch may be faster than its answer.
	 */
	private void compare() {
		if (this.writing || !this.held || this.removed || this.revision < this.ownRevision) {
			return;
		}
		KeyValue own = this.content.get(key(this.slot));
		if (own != null && own.getValue().equals(this.value)) {
			tell(new Slots(this.slot, taken()));
			return;
		}
		this.etcd.outage()
			.trouble("Consumer {} in etcd was {}; claiming a number again", key(this.slot),
					(own != null) ? "altered" : "deleted");
		this.held = false;
		this.registrar.reconcileSoon();
	}

	private void tell(Slots slots) {
		if (slots.equals(this.told)) {
			return;
		}
		this.told = slots;
		logger.debug("Consumers at {}: {} at revision {}", this.prefix, slots.taken().size(), this.revision);
		try {
			this.listener.onSlots(slots);
		}
		catch (RuntimeException ex) {
			logger.error("A listener to the consumers at {} failed", this.prefix, ex);
		}
	}

	private boolean isFreeOrOurs(int number) {
		KeyValue present = this.content.get(key(number));
		return present == null || present.getValue().equals(this.value);
	}

	private Set<Integer> taken() {
		Set<Integer> taken = new TreeSet<>();
		for (String key : this.content.keySet()) {
			String number = key.substring(this.prefix.length());
			if (SLOT.matcher(number).matches()) {
				taken.add(Integer.valueOf(number));
			}
		}
		return taken;
	}

	private String key(int number) {
		return this.prefix + number;
	}

}
