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

import java.util.Locale;

/**
 * What is measured, a table for each.
 */
enum Mode {

	/** Has the set told to a listener that does nothing. */
	WATCH("The registry's watch alone, by number of instances"),

	/** Hands it to a gRPC channel, which connects to every instance. */
	CHANNEL("Behind a gRPC channel that is connected to every instance"),

	/** The same without the health watch of each connection. */
	UNWATCHED("The same channel without health watches"),

	/** An application that uses a subset of the instances. */
	SUBSET("An application that uses a subset of 20, by number of instances"),

	/** One application with many references, each to three instances. */
	REFERENCES("One application, by number of references, each to another application of three instances"),

	/** A server with many services. */
	SERVICES("One server, by number of services");

	private final String title;

	Mode(String title) {
		this.title = title;
	}

	String title() {
		return this.title;
	}

	String id() {
		return name().toLowerCase(Locale.ROOT);
	}

	boolean isChannel() {
		return this == CHANNEL || this == UNWATCHED;
	}

	static Mode of(String id) {
		return valueOf(id.toUpperCase(Locale.ROOT));
	}

}
