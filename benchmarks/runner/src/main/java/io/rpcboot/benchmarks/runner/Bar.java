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

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A ratio that the starter has set itself.
 *
 * @param measure what is compared
 * @param scenario the scenario's name
 * @param figure the figure that is compared
 * @param others whom to compare with; of several the one with the least figure
 * @param more whether more is better
 * @param blocking the bar for blocking-safe use, NaN for none
 * @param nonBlocking the bar for use declared non-blocking, NaN for none
 */
record Bar(String measure, String scenario, ToDoubleFunction<Cell> figure, List<Peer> others, boolean more,
		double blocking, double nonBlocking) {

	static List<Bar> all() {
		return List.of(throughput("unary 100 B, 64 in flight", "u64", Peer.RAW, 3, 4.5),
				throughput("unary 100 B, 64 in flight", "u64", Peer.BOOT, 4, 6),
				throughput("unary 100 B, 64 in flight", "u64", Peer.DUBBO, 4.5, 6.5),
				throughput("unary 100 B, 16 in flight", "u16", Peer.RAW, 2, 3),
				throughput("unary 100 B, 16 in flight", "u16", Peer.BOOT, 2.5, 4),
				throughput("unary 100 B, 16 in flight", "u16", Peer.DUBBO, 2.5, 4),
				new Bar("CPU of both sides per unary call, 64 in flight", "u64", Cell::cpuOfBoth, List.of(Peer.TUNED),
						false, 2, 1.4),
				throughput("server streaming", "sstream", Peer.RAW, 4, 5.5),
				throughput("client streaming", "cstream", Peer.RAW, 4, 5.5),
				throughput("bidirectional streaming", "bidi", Peer.RAW, 4, 5.5),
				throughput("unary 100 B, 1 in flight", "u1", Peer.RAW, 1.2, 1.8),
				throughput("unary 64 KB, 16 in flight", "u16x64k", Peer.RAW, 1.3, 1.6),
				throughput("blocking stub, 16 threads", "b16", Peer.RAW, 1.5, 1.6),
				new Bar("server CPU per unary call, 64 in flight", "u64", Cell::serverCpu, List.of(Peer.RAW), false,
						0.28, 0.20),
				new Bar("p99, 64 in flight", "u64", Cell::p99, List.of(Peer.RAW, Peer.BOOT, Peer.DUBBO), false, 0.5,
						0.4),
				throughput("handlers that sleep 5 ms", "sleep5", Peer.RAW, 0.95, Double.NaN),
				new Bar("p99 beside 1 % that sleep 20 ms", "sleep1pct", Cell::p99, List.of(Peer.RAW), false, 1.0,
						Double.NaN));
	}

	private static Bar throughput(String measure, String scenario, Peer other, double blocking, double nonBlocking) {
		return new Bar(measure + ", throughput", scenario, Cell::perSecond, List.of(other), true, blocking,
				nonBlocking);
	}

	boolean isMet(double value, double bar) {
		return this.more ? value >= bar : value <= bar;
	}

}
