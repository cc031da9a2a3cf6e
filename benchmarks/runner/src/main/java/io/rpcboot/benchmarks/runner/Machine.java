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

package io.rpcboot.benchmarks.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a run took place, and with what.
 */
public final class Machine {

	private static final Pattern JAR = Pattern.compile("(?<=/)(grpc-core|grpc-netty(?:-shaded)?|netty-transport"
			+ "|netty-transport-native-epoll|protobuf-java|spring-boot|spring-boot-grpc-server|dubbo|jetcd-core)"
			+ "-(\\d[^:/]*?)(-linux[^:/]*)?\\.jar");

	private Machine() {
	}

	/**
	 * Returns the name of the processor.
	 * @return its text
	 */
	public static String processor() {
		return field(Path.of("/proc/cpuinfo"), "model name", System.getProperty("os.arch"));
	}

	/**
	 * Returns how much memory there is.
	 * @return its text
	 */
	public static String memory() {
		String kilobytes = field(Path.of("/proc/meminfo"), "MemTotal", "0 kB").replace(" kB", "");
		return Math.round(Long.parseLong(kilobytes) / 1024.0 / 1024.0) + " GiB";
	}

	/**
	 * Returns the operating system.
	 * @return its text
	 */
	public static String system() {
		String name = field(Path.of("/etc/os-release"), "PRETTY_NAME", "").replace("\"", "");
		return name + ", " + System.getProperty("os.name") + " " + System.getProperty("os.version");
	}

	/**
	 * Returns this JVM.
	 * @return its text
	 */
	public static String jdk() {
		return System.getProperty("java.vm.name") + " " + Runtime.version();
	}

	/**
	 * Returns another JDK.
	 * @param home its directory
	 * @return its version
	 */
	public static String jdk(Path home) {
		return field(home.resolve("release"), "JAVA_RUNTIME_VERSION", home.toString()).replace("\"", "");
	}

	/**
	 * Returns the names and versions of the jars that matter.
	 * @param classPath a class path
	 * @return the versions
	 */
	public static String versions(String classPath) {
		TreeSet<String> versions = new TreeSet<>();
		Matcher matcher = JAR.matcher(classPath);
		while (matcher.find()) {
			versions.add(matcher.group(1) + " " + matcher.group(2));
		}
		return String.join(", ", versions);
	}

	private static String field(Path file, String name, String otherwise) {
		List<String> lines = new ArrayList<>();
		try {
			lines.addAll(Files.readAllLines(file));
		}
		catch (IOException ex) {
			return otherwise; // Not Linux.
		}
		return lines.stream()
			.filter((line) -> line.startsWith(name))
			.findFirst()
			.map((line) -> line.replaceFirst("^[^:=]*[:=]\\s*", ""))
			.orElse(otherwise);
	}

}
