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

import java.util.Arrays;

import io.rpcboot.benchmarks.driver.Scenario;
import io.rpcboot.benchmarks.driver.Scenario.Kind;

/**
 * A library in one way of its use.
 */
enum Peer {

	RAW("raw", "raw", "raw.Raw", "default", true),

	TUNED("tuned", "raw", "raw.Raw", "tuned", false),

	BOOT("boot", "boot", "boot.Boot", "default", true),

	DUBBO("dubbo", "dubbo", "dubbo.Dubbo", "default", true),

	OURS("ours", "ours", "ours.Ours", "blocking", true),

	OURS_NB("ours-nb", "ours", "ours.Ours", "non-blocking", false);

	private final String id;

	private final String module;

	private final String mainPrefix;

	private final String mode;

	private final boolean mayBlock;

	Peer(String id, String module, String mainPrefix, String mode, boolean mayBlock) {
		this.id = id;
		this.module = module;
		this.mainPrefix = "io.rpcboot.benchmarks." + mainPrefix;
		this.mode = mode;
		this.mayBlock = mayBlock;
	}

	String id() {
		return this.id;
	}

	String module() {
		return this.module;
	}

	String serverMain() {
		return this.mainPrefix + "Server";
	}

	String clientMain() {
		return this.mainPrefix + "Client";
	}

	String mode() {
		return this.mode;
	}

	boolean needsEtcd() {
		return this == OURS || this == OURS_NB;
	}

	/**
	 * Returns whether a scenario is meant for this peer: sleeping on an event loop is
	 * not, and virtual threads need a client of their own.
	 * @param scenario the scenario
	 * @return whether to measure it
	 */
	boolean takes(Scenario scenario) {
		if (scenario.kind() == Kind.VIRTUAL) {
			return this == RAW || this == OURS;
		}
		return this.mayBlock || !scenario.blocksHandlers();
	}

	static Peer of(String id) {
		return Arrays.stream(values())
			.filter((peer) -> peer.id.equals(id))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(
					"peer: " + id + " (expected: one of " + Arrays.stream(values()).map(Peer::id).toList() + ")"));
	}

}
