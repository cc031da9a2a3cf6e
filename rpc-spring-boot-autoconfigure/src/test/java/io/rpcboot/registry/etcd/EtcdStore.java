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
import org.jspecify.annotations.Nullable;

/**
 * What is in etcd, read and written by a client of the tests' own. A client is opened at
 * the first need, and again after {@link #close()}: one that saw an outage may be waiting
 * out the back-off that it cost.
 */
final class EtcdStore implements AutoCloseable {

	private final String endpoint;

	private @Nullable Client client;

	EtcdStore(String endpoint) {
		this.endpoint = endpoint;
	}

	Client client() {
		Client current = this.client;
		if (current == null) {
			current = Client.builder().endpoints(this.endpoint).build();
			this.client = current;
		}
		return current;
	}

	void put(String key, String value) {
		await(client().getKVClient().put(bytes(key), bytes(value)));
	}

	/** Puts many at once, a bounded number of them in flight. */
	void putAll(Map<String, String> records) {
		List<CompletableFuture<?>> pending = new ArrayList<>();
		records.forEach((key, value) -> {
			pending.add(client().getKVClient().put(bytes(key), bytes(value)));
			if (pending.size() >= 100) {
				pending.forEach(EtcdStore::await);
				pending.clear();
			}
		});
		pending.forEach(EtcdStore::await);
	}

	void delete(String key) {
		await(client().getKVClient().delete(bytes(key)));
	}

	@Nullable KeyValue get(String key) {
		List<KeyValue> found = await(client().getKVClient().get(bytes(key))).getKvs();
		return found.isEmpty() ? null : found.get(0);
	}

	boolean has(String key) {
		return get(key) != null;
	}

	KeyValue existing(String key) {
		KeyValue record = get(key);
		if (record == null) {
			throw new AssertionError("no key " + key);
		}
		return record;
	}

	@Nullable String text(String key) {
		KeyValue record = get(key);
		return (record != null) ? record.getValue().toString(StandardCharsets.UTF_8) : null;
	}

	SortedMap<String, String> all(String prefix) {
		SortedMap<String, String> found = new TreeMap<>();
		await(client().getKVClient().get(bytes(prefix), GetOption.builder().isPrefix(true).build())).getKvs()
			.forEach((record) -> found.put(record.getKey().toString(StandardCharsets.UTF_8),
					record.getValue().toString(StandardCharsets.UTF_8)));
		return found;
	}

	/** The remaining seconds are -1 when the lease has gone. */
	LeaseTimeToLiveResponse lease(long id) {
		return await(client().getLeaseClient().timeToLive(id, LeaseOption.DEFAULT));
	}

	void revoke(long leaseId) {
		await(client().getLeaseClient().revoke(leaseId));
	}

	/** Compacts everything up to now. */
	void compact() {
		long revision = await(client().getKVClient().get(bytes("/none"))).getHeader().getRevision();
		await(client().getKVClient().compact(revision));
	}

	@Override
	public void close() {
		if (this.client != null) {
			this.client.close();
			this.client = null;
		}
	}

	static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	static <T> T await(CompletableFuture<T> answer) {
		return answer.orTimeout(20, TimeUnit.SECONDS).join();
	}

}
