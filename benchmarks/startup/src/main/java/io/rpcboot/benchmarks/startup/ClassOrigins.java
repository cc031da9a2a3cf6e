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

package io.rpcboot.benchmarks.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where the classes of an application come from, by the log of the JVM that loads them.
 */
final class ClassOrigins {

	private ClassOrigins() {
	}

	/**
	 * Counts the classes in a log of {@code -Xlog:class+load}.
	 * @param log the log
	 * @return how many there are of each origin
	 * @throws IOException if it cannot be read
	 */
	static Map<Origin, Integer> count(Path log) throws IOException {
		Map<Origin, Integer> counts = new EnumMap<>(Origin.class);
		try (Stream<String> lines = Files.lines(log)) {
			lines.filter((line) -> line.contains(" source: ")).forEach((line) -> {
				int source = line.indexOf(" source: ");
				int begin = line.lastIndexOf(' ', source - 1) + 1;
				counts.merge(Origin.of(line.substring(begin, source), line.substring(source + 9)), 1, Integer::sum);
			});
		}
		return counts;
	}

	/**
	 * Where a class comes from.
	 */
	enum Origin {

		JDK("JDK"), SPRING("Spring"), STARTER("this starter"), GRPC("gRPC"), PROTOBUF("Protobuf and what is generated"),
		NETTY("Netty in grpc-netty-shaded"), OTHER_NETTY("the other Netty, and grpc-netty"),
		JETCD("jetcd, Vert.x, Failsafe"), OTHER("others, and made at run time");

		private final String text;

		Origin(String text) {
			this.text = text;
		}

		String text() {
			return this.text;
		}

		static Origin of(String name, String source) {
			if (source.startsWith("jrt:") || source.startsWith("shared objects file")) {
				return JDK;
			}
			if (!source.contains(".jar") && !source.contains("file:")) {
				return OTHER;
			}
			if (name.startsWith("io.grpc.netty.shaded.io.netty.")) {
				return NETTY;
			}
			if (name.startsWith("io.netty.") || (name.startsWith("io.grpc.netty.") && !name.contains(".shaded."))) {
				return OTHER_NETTY;
			}
			if (name.startsWith("com.google.protobuf.") || name.startsWith("io.etcd.jetcd.api.")
					|| name.startsWith("io.rpcboot.benchmarks.v1.")) {
				return PROTOBUF;
			}
			if (name.startsWith("io.etcd.") || name.startsWith("io.vertx.") || name.startsWith("dev.failsafe.")) {
				return JETCD;
			}
			if (name.startsWith("org.springframework.")) {
				return SPRING;
			}
			if (name.startsWith("io.grpc.")) {
				return GRPC;
			}
			return (name.startsWith("io.rpcboot.") && !name.startsWith("io.rpcboot.benchmarks.")) ? STARTER : OTHER;
		}

	}

}
