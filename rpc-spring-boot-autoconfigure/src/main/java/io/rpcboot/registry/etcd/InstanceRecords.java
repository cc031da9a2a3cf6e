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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;

import io.etcd.jetcd.KeyValue;
import io.rpcboot.registry.InstanceCodec;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the records of one application into instances. A record is parsed when its value
 * changes. One that cannot be read costs one warning, and that key's last good instance
 * stays.
 */
final class InstanceRecords {

	/** Ours take about 300 bytes; etcd itself stops at 1.5 MB. */
	private static final int MAX_BYTES = 64 * 1024;

	private static final int MAX_REASON = 200;

	private static final Logger logger = LoggerFactory.getLogger(InstanceRecords.class);

	private final String application;

	private final String prefix;

	private final InstanceCodec codec;

	private final Map<String, Parsed> parsed = new HashMap<>();

	InstanceRecords(String application, String prefix, InstanceCodec codec) {
		this.application = application;
		this.prefix = prefix;
		this.codec = codec;
	}

	String application() {
		return this.application;
	}

	/**
	 * Returns what the keys of all records begin with.
	 */
	String prefix() {
		return this.prefix;
	}

	/**
	 * Reads all records.
	 * @param records by key
	 * @return the ones that can be used, by key
	 */
	Map<String, InstanceRecord> read(SortedMap<String, KeyValue> records) {
		Map<String, InstanceRecord> readable = new LinkedHashMap<>(records.size() * 2);
		records.forEach((key, record) -> {
			Parsed last = this.parsed.get(key);
			Parsed entry = parse(key, record, last);
			if (!entry.equals(last)) {
				this.parsed.put(key, entry);
			}
			if (entry.usable() != null) {
				readable.put(key, entry.usable());
			}
		});
		if (this.parsed.size() > records.size()) {
			this.parsed.keySet().retainAll(records.keySet());
		}
		return readable;
	}

	/**
	 * Reads a record that has just been deleted.
	 * @param last the record as it was
	 * @return the instance; {@code null} if it could not be read
	 */
	@Nullable ServiceInstance readLast(KeyValue last) {
		String key = KeyReader.key(last);
		InstanceRecord usable = parse(key, last, this.parsed.get(key)).usable();
		return (usable != null) ? usable.instance() : null;
	}

	@SuppressWarnings("ReferenceEquality") // The very record, as most are from change to
											// change.
	private Parsed parse(String key, KeyValue record, @Nullable Parsed last) {
		if (last != null && last.record() == record) {
			return last;
		}
		// The revision does not do: that of a store that was reset may be the same.
		ServiceInstance instance = (last != null && last.record().getValue().equals(record.getValue()))
				? last.instance() : read(key, record, (last != null) ? last.instance() : null);
		return new Parsed(record, (instance != null)
				? new InstanceRecord(instance, record.getCreateRevision(), record.getLease()) : null);
	}

	private @Nullable ServiceInstance read(String key, KeyValue record, @Nullable ServiceInstance last) {
		try {
			int size = record.getValue().size();
			if (size > MAX_BYTES) {
				throw new IllegalArgumentException(size + " bytes (expected: <= " + MAX_BYTES + ")");
			}
			ServiceInstance instance = this.codec.read(this.application, key.substring(this.prefix.length()),
					record.getValue().toString(StandardCharsets.UTF_8));
			if (instance == null) {
				logger.info("Record {} in etcd is no instance of {} that can be called by gRPC. It is left out", key,
						this.application);
			}
			return instance;
		}
		catch (RuntimeException | LinkageError ex) {
			// Of any kind: one record must not keep the others from being read.
			logger.warn("Record {} in etcd cannot be read: {}. {}", key, reason(ex),
					(last != null) ? "Its last good content stays" : "It is left out");
			return last;
		}
	}

	/** Not all of it, when it quotes the record. */
	private static String reason(Throwable failure) {
		String text = String.valueOf(failure.getMessage());
		return (text.length() > MAX_REASON) ? text.substring(0, MAX_REASON) + "..." : text;
	}

	private record Parsed(KeyValue record, @Nullable InstanceRecord usable) {

		@Nullable ServiceInstance instance() {
			return (this.usable != null) ? this.usable.instance() : null;
		}

	}

}
