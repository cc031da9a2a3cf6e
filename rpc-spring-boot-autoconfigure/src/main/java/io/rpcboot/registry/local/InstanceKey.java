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

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What the files of one instance are called. The process is part of the name, because a
 * process must know its own files without opening them.
 *
 * @param id the instance's id
 * @param process its process: {@code <pid>-<start time in milliseconds>}
 */
record InstanceKey(String id, String process) {

	static final String RECORD = ".json";

	static final String LOCK = ".lock";

	static final String TEMPORARY = ".tmp";

	private static final Pattern FILE_NAME = Pattern.compile("([^@]+)@(\\d+-\\d+)\\.[a-z]+");

	/**
	 * Returns the key whose file has this name.
	 * @param fileName the name of a file, of any kind
	 * @return the key, or {@code null} if the file is none of ours
	 */
	static @Nullable InstanceKey ofFileName(String fileName) {
		Matcher matcher = FILE_NAME.matcher(fileName);
		return matcher.matches() ? new InstanceKey(matcher.group(1), matcher.group(2)) : null;
	}

	/**
	 * Returns this process. The start time tells it from an earlier one with its pid.
	 * @return the same text for every caller in this virtual machine
	 */
	static String currentProcess() {
		ProcessHandle process = ProcessHandle.current();
		long startMillis = process.info()
			.startInstant()
			.map(Instant::toEpochMilli)
			.orElseGet(() -> ManagementFactory.getRuntimeMXBean().getStartTime());
		return process.pid() + "-" + startMillis;
	}

	String fileName(String kind) {
		return this.id + "@" + this.process + kind;
	}

}
