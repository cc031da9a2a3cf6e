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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

import io.etcd.jetcd.KeyValue;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the records of one application into instances. A record is parsed once for each
 * of its revisions. One that cannot be read costs one warning, and that key's last good
 * instance stays. Of two records with one address the younger key counts: the older one
 * belongs to a process that has gone and whose lease has not expired yet.
 */
final class InstanceRecords {

	/** Ours take about 300 bytes; etcd itself stops at 1.5 MB. */
	private static final int MAX_BYTES = 64 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(InstanceRecords.class);

	private final String application;

	private final String prefix;

	private Map<String, Parsed> parsed = new HashMap<>();

	InstanceRecords(String application, String prefix) {
		this.application = application;
		this.prefix = prefix;
	}

	List<ServiceInstance> instances(SortedMap<String, KeyValue> records) {
		Map<String, Parsed> next = new HashMap<>();
		Map<String, Parsed> byAddress = new HashMap<>();
		records.forEach((key, record) -> {
			Parsed entry = parse(key, record, this.parsed.get(key));
			next.put(key, entry);
			if (entry.instance() != null) {
				byAddress.merge(entry.instance().address(), entry, InstanceRecords::younger);
			}
		});
		this.parsed = next;
		List<ServiceInstance> instances = new ArrayList<>(byAddress.size());
		byAddress.values().forEach((entry) -> {
			if (entry.instance() != null) {
				instances.add(entry.instance());
			}
		});
		instances.sort(Comparator.comparing(ServiceInstance::id));
		return List.copyOf(instances);
	}

	private Parsed parse(String key, KeyValue record, @Nullable Parsed last) {
		if (last != null && last.modRevision() == record.getModRevision()) {
			return last;
		}
		try {
			int size = record.getValue().size();
			if (size > MAX_BYTES) {
				throw new IllegalArgumentException(size + " bytes (expected: <= " + MAX_BYTES + ")");
			}
			ServiceInstance instance = ServiceInstanceJson.read(this.application, key.substring(this.prefix.length()),
					record.getValue().toString(StandardCharsets.UTF_8));
			return new Parsed(record.getModRevision(), record.getCreateRevision(), instance);
		}
		catch (IllegalArgumentException ex) {
			ServiceInstance kept = (last != null) ? last.instance() : null;
			logger.warn("Record {} in etcd cannot be read: {}. {}", key, ex.getMessage(),
					(kept != null) ? "Its last good content stays" : "It is left out");
			return new Parsed(record.getModRevision(), record.getCreateRevision(), kept);
		}
	}

	private static Parsed younger(Parsed one, Parsed other) {
		return (one.createRevision() >= other.createRevision()) ? one : other;
	}

	private record Parsed(long modRevision, long createRevision, @Nullable ServiceInstance instance) {

	}

}
