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
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.rpcboot.registry.PrivateDirectory;

/**
 * The directory of one application: two files for each instance, its lock and its record.
 * <p>
 * Two, because on POSIX systems a process loses its lock on a file as soon as it closes
 * any handle of that file: a lock file is opened by its owner, once, and otherwise by
 * foreign processes only; the record is what everybody reads.
 */
final class InstanceDirectory {

	private final PrivateDirectory root;

	private final Path path;

	private final String process;

	private final String application;

	InstanceDirectory(PrivateDirectory root, String namespace, String application, String process) {
		this.root = root;
		this.path = root.path().resolve(namespace).resolve(application);
		this.process = process;
		this.application = application;
	}

	String application() {
		return this.application;
	}

	/**
	 * Returns the key of an instance of this process.
	 * @param id the instance's id
	 * @return the key
	 */
	InstanceKey ownKey(String id) {
		return new InstanceKey(id, this.process);
	}

	boolean isOwn(InstanceKey key) {
		return key.process().equals(this.process);
	}

	Path record(InstanceKey key) {
		return this.path.resolve(key.fileName(InstanceKey.RECORD));
	}

	Path lock(InstanceKey key) {
		return this.path.resolve(key.fileName(InstanceKey.LOCK));
	}

	Path temporary(InstanceKey key) {
		return this.path.resolve(key.fileName(InstanceKey.TEMPORARY));
	}

	void create() throws IOException {
		this.root.create(this.path);
	}

	/**
	 * Returns every file there is.
	 * @return the files' names; none if the directory does not exist
	 * @throws IOException if the directory cannot be read
	 */
	List<String> fileNames() throws IOException {
		this.root.verify();
		List<String> names = new ArrayList<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.path)) {
			files.forEach((file) -> names.add(String.valueOf(file.getFileName())));
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
		return names;
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

}
