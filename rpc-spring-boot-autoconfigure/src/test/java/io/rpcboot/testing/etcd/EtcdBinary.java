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

package io.rpcboot.testing.etcd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Where the etcd to test with is, or why there is none. The script {@code etcd.sh} finds
 * it: the one that the system property {@code etcd.script} names, else the nearest one
 * upward from the working directory.
 *
 * @param path the executable, null when there is none
 * @param problem why there is none, empty when there is one
 */
record EtcdBinary(@Nullable Path path, String problem) {

	private static final long LIMIT_SECONDS = 600;

	/**
	 * Runs the script at the first call in this JVM and remembers what it said.
	 * @return what it found
	 */
	static EtcdBinary get() {
		return Holder.FOUND;
	}

	static EtcdBinary find(@Nullable String scriptName, Path directory) {
		Path script = (scriptName != null) ? Path.of(scriptName) : upward(directory);
		if (script == null) {
			return missing("there is no etcd.sh in " + directory + " or above");
		}
		try {
			return run(script);
		}
		catch (IOException ex) {
			return missing(script + " cannot be run: " + ex.getMessage());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return missing("interrupted while " + script + " was running");
		}
	}

	private static EtcdBinary run(Path script) throws IOException, InterruptedException {
		Path out = Files.createTempFile("etcd-script", ".out");
		Path err = Files.createTempFile("etcd-script", ".err");
		try {
			Process process = new ProcessBuilder("bash", script.toString()).redirectOutput(out.toFile())
				.redirectError(err.toFile())
				.start();
			process.getOutputStream().close();
			if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
				process.destroyForcibly();
				return missing(script + " did not end within " + LIMIT_SECONDS + " s: " + Files.readString(err));
			}
			return (process.exitValue() == 0) ? new EtcdBinary(Path.of(Files.readString(out).strip()), "")
					: missing(Files.readString(err).strip());
		}
		finally {
			Files.delete(out);
			Files.delete(err);
		}
	}

	private static @Nullable Path upward(Path directory) {
		for (Path folder = directory; folder != null; folder = folder.getParent()) {
			if (Files.isRegularFile(folder.resolve("etcd.sh"))) {
				return folder.resolve("etcd.sh");
			}
		}
		return null;
	}

	private static EtcdBinary missing(String problem) {
		return new EtcdBinary(null, problem);
	}

	private static final class Holder {

		static final EtcdBinary FOUND = find(System.getProperty("etcd.script"), Path.of("").toAbsolutePath());

	}

}
