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

package io.rpcboot.benchmarks.gate;

/**
 * Who is measured.
 */
enum Mode {

	/** grpc-java on the event loop and without retries: the base of the bytes. */
	TUNED("tuned", "raw.Raw", "tuned"),

	/** The starter by default: handlers and callbacks may block. */
	BLOCKING_SAFE("blocking-safe", "ours.Ours", "blocking"),

	/** The starter, declared non-blocking on both sides. */
	NON_BLOCKING("non-blocking", "ours.Ours", "non-blocking");

	private final String id;

	private final String mainPrefix;

	private final String argument;

	Mode(String id, String mainPrefix, String argument) {
		this.id = id;
		this.mainPrefix = "io.rpcboot.benchmarks." + mainPrefix;
		this.argument = argument;
	}

	String id() {
		return this.id;
	}

	/** The main classes without {@code Server} and {@code Client}. */
	String mainPrefix() {
		return this.mainPrefix;
	}

	String argument() {
		return this.argument;
	}

}
