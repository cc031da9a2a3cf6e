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

package io.rpcboot.testing.etcd;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.lease.LeaseTimeToLiveResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import org.jspecify.annotations.Nullable;

/**
 * What is in etcd, read and written by a client of the tests' own. A client is opened at
 * the first need, and again after {@link #close()}: one that saw an outage may be waiting
 * out the back-off that it cost.
 */
public final class EtcdStore implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final String endpoint;

	private final Duration patience;

	private @Nullable Client client;

	/**
	 * Creates a view of one etcd, or of one member, that waits 20 s for each answer.
	 * @param endpoint such as {@code http://127.0.0.1:23790}
	 */
	public EtcdStore(String endpoint) {
		this(endpoint, PATIENCE);
	}

	/**
	 * Creates a view of one etcd, or of one member.
	 * @param endpoint such as {@code http://127.0.0.1:23790}
	 * @param patience how long it waits for each answer: a member that has lost its
	 * leader holds a request for 7 s, also when there is another leader after one
	 */
	public EtcdStore(String endpoint, Duration patience) {
		this.endpoint = endpoint;
		this.patience = patience;
	}

	/**
	 * Returns the client, for what is not done often enough to have a method here.
	 * @return the client, closed with this store
	 */
	public Client client() {
		Client current = this.client;
		if (current == null) {
			current = Client.builder().endpoints(this.endpoint).build();
			this.client = current;
		}
		return current;
	}

	/**
	 * Writes a key without a lease.
	 * @param key the key
	 * @param value its value
	 */
	public void put(String key, String value) {
		answer(client().getKVClient().put(bytes(key), bytes(value)));
	}

	/**
	 * Writes a key under a lease.
	 * @param key the key
	 * @param value its value
	 * @param leaseId the lease
	 */
	public void put(String key, String value, long leaseId) {
		answer(client().getKVClient().put(bytes(key), bytes(value), PutOption.builder().withLeaseId(leaseId).build()));
	}

	/**
	 * Writes a key under a lease of its own, of a minute.
	 * @param key the key
	 * @param value its value
	 * @return the lease
	 */
	public long putWithLease(String key, String value) {
		long leaseId = grant(60);
		put(key, value, leaseId);
		return leaseId;
	}

	/**
	 * Writes many keys, a bounded number of them in flight, each at a revision of its
	 * own.
	 * @param records values by key
	 */
	public void putAll(Map<String, String> records) {
		List<CompletableFuture<?>> pending = new ArrayList<>();
		records.forEach((key, value) -> {
			pending.add(client().getKVClient().put(bytes(key), bytes(value)));
			if (pending.size() >= 100) {
				pending.forEach(this::answer);
				pending.clear();
			}
		});
		pending.forEach(this::answer);
	}

	/**
	 * Deletes a key, if it is there.
	 * @param key the key
	 */
	public void delete(String key) {
		answer(client().getKVClient().delete(bytes(key)));
	}

	/**
	 * Reads a key.
	 * @param key the key
	 * @return its record, or {@code null}
	 */
	public @Nullable KeyValue get(String key) {
		List<KeyValue> found = answer(client().getKVClient().get(bytes(key))).getKvs();
		return found.isEmpty() ? null : found.get(0);
	}

	/**
	 * Returns whether there is a key.
	 * @param key the key
	 * @return whether it is there
	 */
	public boolean has(String key) {
		return get(key) != null;
	}

	/**
	 * Reads a key that must be there.
	 * @param key the key
	 * @return its record
	 */
	public KeyValue existing(String key) {
		KeyValue record = get(key);
		if (record == null) {
			throw new AssertionError("no key " + key);
		}
		return record;
	}

	/**
	 * Reads the value of a key.
	 * @param key the key
	 * @return its value, or {@code null}
	 */
	public @Nullable String text(String key) {
		KeyValue record = get(key);
		return (record != null) ? record.getValue().toString(StandardCharsets.UTF_8) : null;
	}

	/**
	 * Reads all keys that begin alike.
	 * @param prefix how they begin
	 * @return values by key
	 */
	public SortedMap<String, String> all(String prefix) {
		SortedMap<String, String> found = new TreeMap<>();
		answer(client().getKVClient().get(bytes(prefix), GetOption.builder().isPrefix(true).build())).getKvs()
			.forEach((record) -> found.put(record.getKey().toString(StandardCharsets.UTF_8),
					record.getValue().toString(StandardCharsets.UTF_8)));
		return found;
	}

	/**
	 * Grants a lease that nobody renews.
	 * @param ttlSeconds how long it lasts
	 * @return its id
	 */
	public long grant(long ttlSeconds) {
		return answer(client().getLeaseClient().grant(ttlSeconds)).getID();
	}

	/**
	 * Reads a lease.
	 * @param id its id
	 * @return what etcd says; the remaining seconds are -1 when the lease has gone
	 */
	public LeaseTimeToLiveResponse lease(long id) {
		return answer(client().getLeaseClient().timeToLive(id, LeaseOption.DEFAULT));
	}

	/**
	 * Revokes a lease, which deletes its keys.
	 * @param leaseId its id
	 */
	public void revoke(long leaseId) {
		answer(client().getLeaseClient().revoke(leaseId));
	}

	/**
	 * Compacts everything up to now.
	 */
	public void compact() {
		long revision = answer(client().getKVClient().get(bytes("/none"))).getHeader().getRevision();
		answer(client().getKVClient().compact(revision));
	}

	@Override
	public void close() {
		if (this.client != null) {
			this.client.close();
			this.client = null;
		}
	}

	/**
	 * Encodes a key or value.
	 * @param text the text
	 * @return its bytes
	 */
	public static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	/**
	 * Waits for an answer, for at most 20 s.
	 * @param <T> the answer's type
	 * @param answer the answer to come
	 * @return the answer
	 */
	public static <T> T await(CompletableFuture<T> answer) {
		return answer.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
	}

	private <T> T answer(CompletableFuture<T> answer) {
		return answer.orTimeout(this.patience.toMillis(), TimeUnit.MILLISECONDS).join();
	}

}
