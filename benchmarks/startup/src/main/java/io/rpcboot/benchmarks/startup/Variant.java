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

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * An application that is started.
 */
enum Variant {

	EMPTY("empty", "Spring Boot alone", "empty", "empty.EmptyApplication", ""),

	UNUSED("unused", "+ the starter, not used", "ours", "ours.OursIdle", ""),

	SERVER("server", "+ a service", "ours", "ours.OursIdle", Profiles.SERVES),

	CLIENT("client", "+ a reference", "ours", "ours.OursIdle", Profiles.CALLS),

	STATIC_CLIENT("client-static", "+ a reference with an address, no etcd", "ours", "ours.OursIdle", Profiles.CALLS),

	BOTH("both", "+ a service and a reference", "ours", "ours.OursIdle", Profiles.SERVES + "," + Profiles.CALLS),

	BOOT_SERVER("boot-server", "Boot's gRPC starters, a service", "boot", "boot.BootIdle", Profiles.SERVES),

	BOOT_CLIENT("boot-client", "Boot's gRPC starters, a channel", "boot", "boot.BootIdle", Profiles.CALLS),

	BOOT_BOTH("boot-both", "Boot's gRPC starters, both", "boot", "boot.BootIdle",
			Profiles.SERVES + "," + Profiles.CALLS);

	/** The application that all clients call. */
	static final String TARGET = "bench-target";

	private final String id;

	private final String text;

	private final String module;

	private final String main;

	private final String profiles;

	Variant(String id, String text, String module, String main, String profiles) {
		this.id = id;
		this.text = text;
		this.module = module;
		this.main = "io.rpcboot.benchmarks." + main;
		this.profiles = profiles;
	}

	String id() {
		return this.id;
	}

	String text() {
		return this.text;
	}

	String module() {
		return this.module;
	}

	String main() {
		return this.main;
	}

	boolean serves() {
		return this.profiles.contains(Profiles.SERVES);
	}

	boolean calls() {
		return this.profiles.contains(Profiles.CALLS);
	}

	/**
	 * Returns the application with Boot's starters that does the same.
	 * @return the application; {@code null} if there is none
	 */
	@Nullable Variant peer() {
		return switch (this) {
			case SERVER -> BOOT_SERVER;
			case CLIENT, STATIC_CLIENT -> BOOT_CLIENT;
			case BOTH -> BOOT_BOTH;
			default -> null;
		};
	}

	/**
	 * Returns the properties with which it is started.
	 * @param name the name of the application
	 * @param targetPort where the target listens
	 * @param etcd etcd's endpoint
	 * @return the arguments
	 */
	List<String> arguments(String name, int targetPort, String etcd) {
		List<String> arguments = new ArrayList<>(
				List.of("--spring.main.banner-mode=off", "--spring.application.name=" + name));
		if (!this.profiles.isEmpty()) {
			arguments.add("--spring.profiles.active=" + this.profiles);
		}
		if (this.module.equals("ours")) {
			arguments.add("--rpc.registry.type=" + ((this == STATIC_CLIENT) ? "none" : "etcd"));
			arguments.add("--rpc.registry.etcd.endpoints=" + etcd);
			if (this == STATIC_CLIENT) {
				arguments.add("--rpc.client.references.[" + TARGET + "].addresses=127.0.0.1:" + targetPort);
			}
		}
		if (this.module.equals("boot")) {
			arguments.add("--spring.grpc.client.channel.bench.target=static://127.0.0.1:" + targetPort);
			arguments.add("--spring.grpc.server.enabled=" + serves());
		}
		return arguments;
	}

	/**
	 * The profiles of the applications.
	 */
	private static final class Profiles {

		/** The service is the one whose handlers may block. */
		static final String SERVES = "serves,blocking";

		static final String CALLS = "calls";

		private Profiles() {
		}

	}

}
