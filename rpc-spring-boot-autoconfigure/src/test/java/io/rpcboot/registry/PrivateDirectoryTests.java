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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link PrivateDirectory}.
 */
@DisabledOnOs(OS.WINDOWS)
class PrivateDirectoryTests {

	@TempDir
	private Path parent;

	private Path path;

	private String user;

	@BeforeEach
	void prepare() throws IOException {
		this.path = this.parent.resolve("registry");
		this.user = Files.getOwner(this.parent).getName();
	}

	@Test
	void whenMissingThenCreatesAllOfItForTheOwnerOnly() throws IOException {
		new PrivateDirectory(this.path).create(this.path.resolve("default/demo"));
		for (Path created = this.path.resolve("default/demo"); !created.equals(this.parent); created = created
			.getParent()) {
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(created))).isEqualTo("rwx------");
		}
	}

	@Test
	void whenMissingThenVerifyPasses() {
		assertThatNoException().isThrownBy(() -> new PrivateDirectory(this.path).verify());
	}

	@ParameterizedTest
	@ValueSource(strings = { "rwx------", "rwxr-xr-x" })
	void whenNobodyElseCanWriteThenIsTaken(String permissions) throws IOException {
		create(permissions);
		assertThatNoException()
			.isThrownBy(() -> new PrivateDirectory(this.path).create(this.path.resolve("default/demo")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "rwxrwxr-x", "rwx-w----", "rwx----w-" })
	void whenSomebodyElseCanWriteThenIsRefused(String permissions) throws IOException {
		create(permissions);
		assertRefused(new PrivateDirectory(this.path), "owner '" + this.user + "', permissions '" + permissions + "'",
				this.user);
	}

	@Test
	void whenOwnerIsAnotherUserThenIsRefused() throws IOException {
		create("rwx------");
		UserPrincipal somebody = new Somebody();
		assertRefused(new PrivateDirectory(this.path, somebody), "owner '" + this.user + "', permissions 'rwx------'",
				"somebody");
	}

	@Test
	void whenIsASymbolicLinkThenIsRefused() throws IOException {
		Files.createSymbolicLink(this.path, Files.createDirectory(this.parent.resolve("elsewhere")));
		assertRefused(new PrivateDirectory(this.path), "not a directory", this.user);
	}

	@Test
	void whenIsAFileThenIsRefused() throws IOException {
		Files.createFile(this.path);
		assertRefused(new PrivateDirectory(this.path), "not a directory", this.user);
	}

	private void assertRefused(PrivateDirectory directory, String found, String expectedOwner) {
		String message = "Directory " + this.path + ": " + found + " (expected: a directory owned by '" + expectedOwner
				+ "' that nobody else can write)";
		assertThatExceptionOfType(RegistryException.class).isThrownBy(directory::verify).withMessage(message);
		assertThatExceptionOfType(RegistryException.class)
			.isThrownBy(() -> directory.create(this.path.resolve("default/demo")))
			.withMessage(message);
		assertThat(this.path.resolve("default")).matches((file) -> !Files.exists(file), "is not created");
	}

	private void create(String permissions) throws IOException {
		Files.createDirectory(this.path);
		Files.setPosixFilePermissions(this.path, PosixFilePermissions.fromString(permissions));
	}

	/**
	 * A user who owns nothing.
	 */
	private static final class Somebody implements UserPrincipal {

		@Override
		public String getName() {
			return "somebody";
		}

	}

}
