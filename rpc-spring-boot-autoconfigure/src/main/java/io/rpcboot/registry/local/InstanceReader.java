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

package io.rpcboot.registry.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the instances of one application. A poll that finds nothing new costs one listing
 * of the directory and, for each record, a look at its attributes and at its owner's
 * lock. Used by the poll thread only.
 */
final class InstanceReader {

	private static final Logger logger = LoggerFactory.getLogger(InstanceReader.class);

	private final InstanceDirectory directory;

	private final Leftovers leftovers;

	private final Map<InstanceKey, LocalRecord> records = new HashMap<>();

	private List<ServiceInstance> instances = List.of();

	InstanceReader(InstanceDirectory directory) {
		this.directory = directory;
		this.leftovers = new Leftovers(directory);
	}

	/**
	 * Reads what has changed.
	 * @return every live instance in the order of their ids
	 * @throws IOException if the directory cannot be read
	 */
	List<ServiceInstance> read() throws IOException {
		List<String> fileNames = this.directory.fileNames();
		boolean changed = false;
		for (InstanceKey key : keys(fileNames)) {
			changed |= refresh(key);
		}
		if (changed) {
			this.instances = select(this.records.values());
		}
		this.leftovers.remove(fileNames);
		return this.instances;
	}

	/**
	 * Returns the keys listed and those known: a listing may miss a file that is replaced
	 * at that moment.
	 */
	private Set<InstanceKey> keys(List<String> fileNames) {
		Set<InstanceKey> keys = new HashSet<>(this.records.keySet());
		for (String fileName : fileNames) {
			InstanceKey key = fileName.endsWith(InstanceKey.RECORD) ? InstanceKey.ofFileName(fileName) : null;
			if (key != null) {
				keys.add(key);
			}
		}
		return keys;
	}

	private boolean refresh(InstanceKey key) throws IOException {
		Path file = this.directory.record(key);
		RecordStamp stamp = RecordStamp.of(file);
		if (stamp == null || isDead(key)) {
			return this.records.remove(key) != null;
		}
		LocalRecord known = this.records.get(key);
		if (known != null && known.stamp().equals(stamp)) {
			return false;
		}
		ServiceInstance last = (known != null) ? known.instance() : null;
		try {
			this.records.put(key, new LocalRecord(stamp, parse(key, file, last)));
			return true;
		}
		catch (NoSuchFileException ex) {
			return this.records.remove(key) != null;
		}
	}

	private @Nullable ServiceInstance parse(InstanceKey key, Path file, @Nullable ServiceInstance last)
			throws IOException {
		String json = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
		try {
			return ServiceInstanceJson.read(this.directory.application(), key.id(), json);
		}
		catch (IllegalArgumentException ex) {
			logger.warn("Record {} is not usable, {}: {}", file,
					(last != null) ? "its last good version stays" : "it is passed over", ex.getMessage());
			return last;
		}
	}

	/**
	 * Finds out whether the process of a record is gone, and removes its files then.
	 */
	private boolean isDead(InstanceKey key) {
		if (this.directory.isOwn(key) || !LockProbe.isAbandoned(this.directory.lock(key))) {
			return false;
		}
		try {
			Files.deleteIfExists(this.directory.record(key));
			Files.deleteIfExists(this.directory.lock(key));
		}
		catch (IOException ex) {
			logger.debug("Files of the dead instance {} were not removed", key.id(), ex);
		}
		return true;
	}

	/**
	 * Leaves out what a newer instance has replaced: the same address, or the same id.
	 */
	private static List<ServiceInstance> select(Collection<LocalRecord> records) {
		Set<String> taken = new HashSet<>();
		return records.stream()
			.sorted(LocalRecord.NEWEST_FIRST)
			.map(LocalRecord::instance)
			.filter(Objects::nonNull)
			.filter((instance) -> taken.add("address " + instance.address()))
			.filter((instance) -> taken.add("id " + instance.id()))
			.sorted(Comparator.comparing(ServiceInstance::id))
			.toList();
	}

}
