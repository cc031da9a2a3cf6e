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

package io.rpcboot.registry.snapshot;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

import io.rpcboot.registry.PrivateDirectory;
import io.rpcboot.registry.RegistryName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one namespace: a directory for it, a file for each application.
 * <p>
 * Several processes may use it at once. Each writes a file under a name of its own and
 * renames it, so a reader sees one whole content or another, and the last writer wins.
 */
final class SnapshotDirectory {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotDirectory.class);

	private static final String FILE = ".snapshot";

	/**
	 * No name of an application holds a tilde, so a file on its way is never taken for
	 * that of another application.
	 */
	private static final String TEMPORARY_MARK = "~";

	private static final String TEMPORARY = ".tmp";

	/**
	 * No living process takes that long to write a file. If one does, its rename fails,
	 * and it writes the file again.
	 */
	private static final Duration LEFTOVER_AGE = Duration.ofMinutes(1);

	private final PrivateDirectory root;

	private final Path path;

	SnapshotDirectory(PrivateDirectory root, String namespace) {
		this.root = root;
		this.path = root.path().resolve(fileName(namespace));
	}

	Path file(String application) {
		return this.path.resolve(fileName(application) + FILE);
	}

	/**
	 * Returns when the file of an application was written.
	 * @param application the application
	 * @return the time, or {@code null} if there is no file
	 * @throws IOException if that cannot be found out
	 */
	@Nullable Instant savedAt(String application) throws IOException {
		this.root.verify();
		try {
			return Files.getLastModifiedTime(file(application)).toInstant();
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	byte[] read(String application) throws IOException {
		this.root.verify();
		Path file = file(application);
		checkSize(Files.size(file));
		return Files.readAllBytes(file);
	}

	boolean startsWith(String application, String header) {
		try (InputStream in = Files.newInputStream(file(application))) {
			return new String(in.readNBytes(header.length()), SnapshotFormat.HEADER_CHARSET).equals(header);
		}
		catch (IOException ex) {
			logger.debug("{} cannot be compared; it is written again", file(application), ex);
			return false;
		}
	}

	/**
	 * Writes the file of an application, wholly or not at all. The directory itself is
	 * not forced to the disk: what a power cut may undo is the rename, which leaves the
	 * file of before.
	 * @param application the application
	 * @param content the content
	 * @throws IOException if it cannot be written
	 */
	void write(String application, byte[] content) throws IOException {
		checkSize(content.length);
		this.root.create(this.path);
		removeLeftovers();
		Path temporary = Files.createTempFile(this.path, fileName(application) + TEMPORARY_MARK, TEMPORARY);
		try {
			try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
				out.write(content);
				out.getFD().sync();
			}
			Files.move(temporary, file(application), StandardCopyOption.ATOMIC_MOVE);
		}
		finally {
			Files.deleteIfExists(temporary);
		}
	}

	/**
	 * Says what went wrong. The text of an exception of the file system is often only the
	 * file.
	 */
	static String text(Throwable failure) {
		return (failure instanceof IOException) ? failure.getClass().getSimpleName() + ": " + failure.getMessage()
				: String.valueOf(failure.getMessage());
	}

	private void removeLeftovers() throws IOException {
		Instant oldest = Instant.now().minus(LEFTOVER_AGE);
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.path,
				"*" + TEMPORARY_MARK + "*" + TEMPORARY)) {
			for (Path file : files) {
				removeIfOlder(file, oldest);
			}
		}
		catch (DirectoryIteratorException ex) {
			throw ex.getCause();
		}
	}

	private static void removeIfOlder(Path file, Instant oldest) {
		try {
			if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			logger.debug("Left-over file {} was not removed", file, ex);
		}
	}

	private static void checkSize(long size) throws IOException {
		if (size > SnapshotFormat.MAX_BYTES) {
			throw new IOException("size: " + size + " bytes (expected: <= " + SnapshotFormat.MAX_BYTES + ")");
		}
	}

	/**
	 * Names that differ in case only are different, but not on every file system. Like
	 * slashes, plus signs are not part of a {@link RegistryName}.
	 */
	private static String fileName(String name) {
		return name.replaceAll("[A-Z]", "+$0").toLowerCase(Locale.ROOT);
	}

}
