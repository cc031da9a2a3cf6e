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

package io.rpcboot.registry;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A directory that nobody but the current user can write: what stands in it decides where
 * calls go. Safe for use by several threads.
 */
public final class PrivateDirectory {

	private final Path path;

	private @Nullable UserPrincipal user;

	/**
	 * Names a directory. Nothing is read or written before the other methods are called.
	 * @param path where it is
	 */
	public PrivateDirectory(Path path) {
		this(path, null);
	}

	PrivateDirectory(Path path, @Nullable UserPrincipal user) {
		this.path = path;
		this.user = user;
	}

	/**
	 * Returns where the directory is.
	 * @return the path
	 */
	public Path path() {
		return this.path;
	}

	/**
	 * Creates the directory and one below it where they are missing.
	 * @param below the directory inside of this one
	 * @throws IOException if it cannot be created
	 * @throws RegistryException if the directory is not private
	 */
	public void create(Path below) throws IOException {
		if (Files.notExists(this.path, LinkOption.NOFOLLOW_LINKS)) {
			Files.createDirectories(this.path, ownerOnly());
		}
		verify();
		Files.createDirectories(below, ownerOnly());
	}

	/**
	 * Checks the directory, if there is one.
	 * @throws IOException if it cannot be examined
	 * @throws RegistryException if it is not private
	 */
	public void verify() throws IOException {
		if (Files.notExists(this.path, LinkOption.NOFOLLOW_LINKS)) {
			return;
		}
		UserPrincipal expected = currentUser();
		if (!Files.isDirectory(this.path, LinkOption.NOFOLLOW_LINKS)) {
			throw refusal("not a directory", expected);
		}
		UserPrincipal owner = Files.getOwner(this.path, LinkOption.NOFOLLOW_LINKS);
		Set<PosixFilePermission> permissions = permissions();
		if (!owner.equals(expected) || permissions.contains(PosixFilePermission.GROUP_WRITE)
				|| permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
			throw refusal(
					"owner '" + owner.getName() + "', permissions '" + PosixFilePermissions.toString(permissions) + "'",
					expected);
		}
	}

	private Set<PosixFilePermission> permissions() throws IOException {
		PosixFileAttributeView view = Files.getFileAttributeView(this.path, PosixFileAttributeView.class,
				LinkOption.NOFOLLOW_LINKS);
		return (view != null) ? view.readAttributes().permissions() : Set.of();
	}

	/**
	 * Returns who owns the files that this process creates, which is not always the user
	 * whose name the system properties tell.
	 */
	private synchronized UserPrincipal currentUser() throws IOException {
		if (this.user == null) {
			Path file = Files.createTempFile("rpc-registry", null);
			try {
				this.user = Files.getOwner(file, LinkOption.NOFOLLOW_LINKS);
			}
			finally {
				Files.delete(file);
			}
		}
		return this.user;
	}

	private RegistryException refusal(String found, UserPrincipal expected) {
		return new RegistryException("Directory " + this.path + ": " + found + " (expected: a directory owned by '"
				+ expected.getName() + "' that nobody else can write)");
	}

	private static FileAttribute<?>[] ownerOnly() {
		if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
			return new FileAttribute<?>[0];
		}
		return new FileAttribute<?>[] {
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")) };
	}

}
