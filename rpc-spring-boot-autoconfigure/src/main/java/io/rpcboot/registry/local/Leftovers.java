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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what a process left behind that died while it registered or deregistered: a
 * lock without a record, a record half written.
 */
final class Leftovers {

	private static final Logger logger = LoggerFactory.getLogger(Leftovers.class);

	/**
	 * No living process takes that long from the first file to the last.
	 */
	private static final Duration MINIMUM_AGE = Duration.ofMinutes(1);

	private final InstanceDirectory directory;

	Leftovers(InstanceDirectory directory) {
		this.directory = directory;
	}

	/**
	 * Looks through a listing.
	 * @param fileNames the files there are
	 */
	void remove(List<String> fileNames) {
		Set<String> known = new HashSet<>(fileNames);
		for (String fileName : fileNames) {
			InstanceKey key = InstanceKey.ofFileName(fileName);
			if (key == null || this.directory.isOwn(key)) {
				continue;
			}
			if (fileName.endsWith(InstanceKey.TEMPORARY)) {
				removeIfOld(this.directory.temporary(key), false);
			}
			else if (fileName.endsWith(InstanceKey.LOCK) && !known.contains(key.fileName(InstanceKey.RECORD))) {
				removeIfOld(this.directory.lock(key), true);
			}
		}
	}

	private void removeIfOld(Path file, boolean isLock) {
		try {
			RecordStamp stamp = RecordStamp.of(file);
			if (stamp != null && age(stamp).compareTo(MINIMUM_AGE) > 0 && (!isLock || LockProbe.isAbandoned(file))) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			logger.debug("Left-over file {} was not removed", file, ex);
		}
	}

	private static Duration age(RecordStamp stamp) {
		return Duration.ofMillis(System.currentTimeMillis() - stamp.modified().toMillis());
	}

}
