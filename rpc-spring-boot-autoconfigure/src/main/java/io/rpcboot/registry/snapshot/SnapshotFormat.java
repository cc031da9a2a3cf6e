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

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;

/**
 * What is in a snapshot file: UTF-8 text, a header and one line of
 * {@link ServiceInstanceJson} for each instance.
 *
 * <pre>rpc-snapshot 1 &lt;namespace&gt; &lt;application&gt; &lt;count&gt; &lt;SHA-256 of all that follows the header&gt;</pre>
 * <p>
 * SHA-256 because no damage gets past it, whatever the size, every JDK has it, and
 * {@code sha256sum} checks a file by hand. It is not there against an attacker, who could
 * write a checksum as well: the directory is private. Time and space grow with the number
 * of instances; 10,000 of them are about 3 MB.
 */
final class SnapshotFormat {

	/**
	 * A bound, so that a file which is anything but a snapshot cannot exhaust the memory.
	 */
	static final int MAX_BYTES = 64 * 1024 * 1024;

	/**
	 * No name in it needs more, and what is no header keeps its length.
	 */
	static final Charset HEADER_CHARSET = StandardCharsets.ISO_8859_1;

	private static final String MAGIC = "rpc-snapshot";

	private static final String VERSION = "1";

	private static final int HEADER_FIELDS = 6;

	private SnapshotFormat() {
	}

	static byte[] write(String namespace, String application, List<ServiceInstance> instances) {
		StringBuilder lines = new StringBuilder();
		instances.forEach((instance) -> lines.append(ServiceInstanceJson.write(instance)).append('\n'));
		byte[] body = lines.toString().getBytes(StandardCharsets.UTF_8);
		byte[] header = (String.join(" ", MAGIC, VERSION, namespace, application, String.valueOf(instances.size()),
				sha256(body, 0)) + "\n")
			.getBytes(HEADER_CHARSET);
		byte[] content = Arrays.copyOf(header, header.length + body.length);
		System.arraycopy(body, 0, content, header.length, body.length);
		return content;
	}

	/**
	 * Returns the first line, which tells one content of an application from another.
	 * @param content a snapshot
	 * @return its header, with the line's end; one character for each byte
	 * @throws IllegalArgumentException if there is none
	 */
	static String header(byte[] content) {
		for (int i = 0; i < content.length; i++) {
			if (content[i] == '\n') {
				return new String(content, 0, i + 1, HEADER_CHARSET);
			}
		}
		throw new IllegalArgumentException("no header (cut off, or not a snapshot)");
	}

	/**
	 * Reads a snapshot.
	 * @param namespace the namespace that it must be of
	 * @param application the application that it must be of
	 * @param content the file
	 * @return the instances
	 * @throws IllegalArgumentException if it is not one, is damaged, or is one of
	 * something else
	 */
	static List<ServiceInstance> read(String namespace, String application, byte[] content) {
		String header = header(content);
		String[] fields = header.substring(0, header.length() - 1).split(" ", -1);
		check(MAGIC, fields[0], "header");
		check(VERSION, (fields.length > 1) ? fields[1] : "", "format version");
		check(String.valueOf(HEADER_FIELDS), String.valueOf(fields.length), "fields in the header");
		check(namespace, fields[2], "namespace");
		check(application, fields[3], "application");
		check(sha256(content, header.length()), fields[5], "checksum");
		List<ServiceInstance> instances = instances(application,
				new String(content, header.length(), content.length - header.length(), StandardCharsets.UTF_8));
		check(String.valueOf(instances.size()), fields[4], "number of instances");
		return instances;
	}

	private static List<ServiceInstance> instances(String application, String body) {
		List<ServiceInstance> instances = new ArrayList<>();
		for (String line : body.lines().toList()) {
			// The empty id stands for one that is missing, which no instance can have
			instances.add(ServiceInstanceJson.read(application, "", line));
		}
		return List.copyOf(instances);
	}

	private static void check(String expected, String found, String what) {
		if (!expected.equals(found)) {
			throw new IllegalArgumentException(what + ": '" + found + "' (expected: '" + expected + "')");
		}
	}

	private static String sha256(byte[] content, int offset) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			digest.update(content, offset, content.length - offset);
			return HexFormat.of().formatHex(digest.digest());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("No SHA-256, which every Java platform has", ex);
		}
	}

}
