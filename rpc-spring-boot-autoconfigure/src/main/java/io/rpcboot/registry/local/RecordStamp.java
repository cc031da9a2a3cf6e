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
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

import org.jspecify.annotations.Nullable;

/**
 * Tells one version of a record file from the next without reading it.
 *
 * @param modified when it was written
 * @param size its length in bytes
 */
record RecordStamp(FileTime modified, long size) {

	/**
	 * Reads the stamp of a file.
	 * @param file the file
	 * @return its stamp, or {@code null} if there is no such file
	 * @throws IOException if that cannot be known
	 */
	static @Nullable RecordStamp of(Path file) throws IOException {
		try {
			return ofExisting(file);
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	/**
	 * Writes a file in such a way that its stamp is later than that of the version before
	 * it. File clocks tick slowly: two versions of one length within a tick would look
	 * alike.
	 * @param file the file
	 * @param text what to write
	 * @param previous the stamp of the version before, or {@code null} if there is none
	 * @return the stamp of the file
	 * @throws IOException if it cannot be written
	 */
	static RecordStamp write(Path file, String text, @Nullable RecordStamp previous) throws IOException {
		Files.writeString(file, text, StandardCharsets.UTF_8);
		RecordStamp written = ofExisting(file);
		if (previous == null || written.modified().compareTo(previous.modified()) > 0) {
			return written;
		}
		Files.setLastModifiedTime(file, FileTime.fromMillis(previous.modified().toMillis() + 1));
		return ofExisting(file);
	}

	private static RecordStamp ofExisting(Path file) throws IOException {
		BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class,
				LinkOption.NOFOLLOW_LINKS);
		return new RecordStamp(attributes.lastModifiedTime(), attributes.size());
	}

}
