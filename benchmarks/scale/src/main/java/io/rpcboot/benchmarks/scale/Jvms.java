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

package io.rpcboot.benchmarks.scale;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.rpcboot.benchmarks.runner.PeerProcess;

/**
 * Starts the processes, all with the same flags.
 */
final class Jvms {

	static final List<String> FLAGS = List.of("-Xmx1g");

	private final String classPath;

	private final Path logs;

	Jvms(Path root, Path logs) throws IOException {
		Path target = root.resolve("scale/target");
		this.classPath = target.resolve("classes") + File.pathSeparator
				+ Files.readString(target.resolve("class-path")).strip();
		this.logs = logs;
	}

	String classPath() {
		return this.classPath;
	}

	PeerProcess start(String name, Class<?> main, String... args) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home")).resolve("bin/java").toString());
		command.addAll(FLAGS);
		command.addAll(List.of("-cp", this.classPath, main.getName()));
		command.addAll(List.of(args));
		return new PeerProcess(name, command, this.logs);
	}

}
