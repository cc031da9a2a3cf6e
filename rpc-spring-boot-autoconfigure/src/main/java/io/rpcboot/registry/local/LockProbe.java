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
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether the process that made a lock file is gone.
 */
final class LockProbe {

	private static final Logger logger = LoggerFactory.getLogger(LockProbe.class);

	private LockProbe() {
	}

	/**
	 * Tries a lock. Must not be called with a lock file of this process. The lock is
	 * tried shared, so that the probes of several processes do not look like an owner to
	 * each other.
	 * @param file the lock file of another process
	 * @return whether nobody holds the lock any more; {@code false} where that cannot be
	 * known
	 */
	static boolean isAbandoned(Path file) {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
				FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
			return lock != null;
		}
		catch (NoSuchFileException ex) {
			return true;
		}
		catch (OverlappingFileLockException ex) {
			// Another registry in this process probes the same file; the next poll will
			// tell.
			return false;
		}
		catch (IOException ex) {
			logger.debug("Lock {} cannot be probed; taken as held", file, ex);
			return false;
		}
	}

}
