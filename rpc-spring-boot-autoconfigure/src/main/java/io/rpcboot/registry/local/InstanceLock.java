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
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The exclusive lock that an instance holds while it lives. The operating system lets go
 * of it however the process ends.
 */
final class InstanceLock {

	private final Path file;

	private final FileChannel channel;

	private InstanceLock(Path file, FileChannel channel) {
		this.file = file;
		this.channel = channel;
	}

	/**
	 * Creates the lock file and locks it. A file that exists is not opened: its name says
	 * that it is this process's own, and closing it again would drop the lock on it.
	 * @param file the lock file
	 * @return the lock
	 * @throws IOException if the file exists or cannot be locked
	 */
	static InstanceLock acquire(Path file) throws IOException {
		FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
		InstanceLock lock = new InstanceLock(file, channel);
		try {
			FileLock held = channel.tryLock();
			if (held == null) {
				throw new IOException(file + " is locked by another process");
			}
			return lock;
		}
		catch (IOException | RuntimeException ex) {
			lock.release();
			throw ex;
		}
	}

	boolean exists() {
		return Files.exists(this.file, LinkOption.NOFOLLOW_LINKS);
	}

	/**
	 * Lets go of the lock and deletes its file.
	 * @throws IOException if the file cannot be deleted; the lock is gone all the same
	 */
	void release() throws IOException {
		this.channel.close();
		Files.deleteIfExists(this.file);
	}

}
