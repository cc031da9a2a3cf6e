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
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.GetOption.SortOrder;
import io.etcd.jetcd.options.GetOption.SortTarget;
import io.grpc.Status;

/**
 * Reads a range of keys: in full, in pages at one revision, or only what tells whether it
 * has changed. Runs on the thread of the {@link EtcdConnection}.
 */
final class KeyReader {

	private static final int PAGE = 1000;

	/** Of the largest values that etcd takes, so many fit into a message. */
	private static final int MIN_PAGE = 16;

	private static final ByteSequence ZERO = ByteSequence.from(new byte[1]);

	private final EtcdConnection etcd;

	private final ByteSequence first;

	private final ByteSequence rangeEnd;

	private int pageSize = PAGE;

	KeyReader(EtcdConnection etcd, ByteSequence first, ByteSequence rangeEnd) {
		this.etcd = etcd;
		this.first = first;
		this.rangeEnd = rangeEnd;
	}

	/**
	 * Reads the whole range.
	 */
	CompletableFuture<Content> read() {
		return page(this.first, 0, new TreeMap<>());
	}

	/**
	 * Takes smaller pages if one of huge records did not fit into a message.
	 * @return whether reading again may do
	 */
	boolean shrinkAfter(Throwable failure) {
		if (EtcdErrors.code(failure) != Status.Code.RESOURCE_EXHAUSTED || this.pageSize <= MIN_PAGE) {
			return false;
		}
		this.pageSize = Math.max(MIN_PAGE, this.pageSize / 8);
		return true;
	}

	/**
	 * Reads how many keys there are and which changed last.
	 */
	CompletableFuture<Summary> summary() {
		return this.etcd.call((client) -> client.getKVClient().get(this.first, newestOption()))
			.thenApply((response) -> Summary.of(response, response.getHeader().getRevision()));
	}

	/**
	 * Returns what to ask for a summary, as a part of a transaction.
	 */
	Op newest() {
		return Op.get(this.first, newestOption());
	}

	private GetOption newestOption() {
		return GetOption.builder()
			.withRange(this.rangeEnd)
			.withLimit(1)
			.withSortField(SortTarget.MOD)
			.withSortOrder(SortOrder.DESCEND)
			.build();
	}

	private CompletableFuture<Content> page(ByteSequence from, long atRevision, SortedMap<String, KeyValue> found) {
		GetOption option = GetOption.builder()
			.withRange(this.rangeEnd)
			.withLimit(this.pageSize)
			.withRevision(atRevision)
			.build();
		return this.etcd.call((client) -> client.getKVClient().get(from, option)).thenCompose((response) -> {
			List<KeyValue> page = response.getKvs();
			page.forEach((record) -> found.put(key(record), record));
			long readAt = (atRevision != 0) ? atRevision : response.getHeader().getRevision();
			if (!response.isMore() || page.isEmpty()) {
				return CompletableFuture.completedFuture(new Content(found, readAt));
			}
			// In bytes: a foreign key need not be UTF-8, nor sort as text does.
			return page(page.get(page.size() - 1).getKey().concat(ZERO), readAt, found);
		});
	}

	static String key(KeyValue record) {
		return record.getKey().toString(StandardCharsets.UTF_8);
	}

	/**
	 * What the range held.
	 *
	 * @param records by key
	 * @param revision the revision of the store at which all of it was read
	 */
	record Content(SortedMap<String, KeyValue> records, long revision) {

	}

	/**
	 * What tells whether the range has changed.
	 *
	 * @param count how many keys it has
	 * @param newest the highest mod revision among them, 0 if there are none
	 * @param storeRevision the revision of the store
	 */
	record Summary(long count, long newest, long storeRevision) {

		static Summary of(GetResponse newest, long storeRevision) {
			return new Summary(newest.getCount(),
					newest.getKvs().isEmpty() ? 0 : newest.getKvs().get(0).getModRevision(), storeRevision);
		}

	}

}
