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

package io.rpcboot.testing.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A certificate and its key as PEM files.
 *
 * @param certificate the file of the certificate
 * @param key the file of the private key
 */
public record PemFiles(Path certificate, Path key) {

	/**
	 * Puts this certificate in the place of another, as those do that renew certificates.
	 * @param other the files to be replaced, each at once
	 */
	public void replace(PemFiles other) {
		replace(this.key, other.key());
		replace(this.certificate, other.certificate());
	}

	/**
	 * Copies a file over another at once.
	 * @param source the file to be copied
	 * @param target the file to be replaced
	 */
	static void replace(Path source, Path target) {
		try {
			Path copy = Files.createTempFile(target.toAbsolutePath().getParent(), "replace", ".new");
			Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
			Files.move(copy, target, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
