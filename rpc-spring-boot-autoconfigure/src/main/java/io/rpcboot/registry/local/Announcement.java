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
import java.nio.file.StandardCopyOption;

import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;
import org.jspecify.annotations.Nullable;

/**
 * The two files by which an instance of this process is known. The record never stands
 * without a held lock: lock first, record second, and the other way round at the end.
 * Used by the poll thread only.
 */
final class Announcement {

	private final InstanceDirectory directory;

	private final InstanceKey key;

	private @Nullable InstanceLock lock;

	private @Nullable RecordStamp stamp;

	Announcement(InstanceDirectory directory, InstanceKey key) {
		this.directory = directory;
		this.key = key;
	}

	/**
	 * Tells whether both files are as they were left.
	 * @return {@code false} if somebody removed or altered one
	 * @throws IOException if that cannot be known
	 */
	boolean isIntact() throws IOException {
		return this.lock != null && this.lock.exists() && this.stamp != null
				&& this.stamp.equals(RecordStamp.of(this.directory.record(this.key)));
	}

	void write(ServiceInstance instance) throws IOException {
		this.directory.create();
		lock();
		Path temporary = this.directory.temporary(this.key);
		RecordStamp written = RecordStamp.write(temporary, ServiceInstanceJson.write(instance), this.stamp);
		Files.move(temporary, this.directory.record(this.key), StandardCopyOption.ATOMIC_MOVE);
		this.stamp = written;
	}

	/**
	 * Removes both files.
	 * @throws IOException if one cannot be removed; call it again then
	 */
	void withdraw() throws IOException {
		if (this.lock != null || this.stamp != null) {
			Files.deleteIfExists(this.directory.temporary(this.key));
			Files.deleteIfExists(this.directory.record(this.key));
			this.stamp = null;
			release();
		}
	}

	/**
	 * Lets go of the lock, whatever has become of the record: other processes then remove
	 * what is left.
	 * @throws IOException if the lock file cannot be removed
	 */
	void release() throws IOException {
		InstanceLock held = this.lock;
		this.lock = null;
		if (held != null) {
			held.release();
		}
	}

	private void lock() throws IOException {
		if (this.lock == null || !this.lock.exists()) {
			release();
			this.lock = InstanceLock.acquire(this.directory.lock(this.key));
		}
	}

}
