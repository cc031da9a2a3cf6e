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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A directory of its own for members, which is removed with them at the end, that of this
 * JVM at the latest.
 */
final class EtcdDirectory {

	private final List<EtcdMember> members = new ArrayList<>();

	private final Thread shutdownHook = new Thread(this::end, "etcd-server-end");

	private final Path path;

	EtcdDirectory() {
		try {
			this.path = Files.createTempDirectory("etcd-server");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Runtime.getRuntime().addShutdownHook(this.shutdownHook);
	}

	EtcdMember member(Path binary, String name) {
		EtcdMember member = new EtcdMember(binary, this.path, name);
		synchronized (this.members) {
			this.members.add(member);
		}
		return member;
	}

	void close() {
		end();
		try {
			Runtime.getRuntime().removeShutdownHook(this.shutdownHook);
		}
		catch (IllegalStateException ex) {
			// The JVM is ending: the hook does the same.
		}
	}

	private void end() {
		synchronized (this.members) {
			this.members.forEach(EtcdMember::kill);
		}
		EtcdMember.delete(this.path);
	}

}
