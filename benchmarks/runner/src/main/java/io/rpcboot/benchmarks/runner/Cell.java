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

/**
 * One measurement: a peer in a scenario in a round. A figure that was not taken is NaN.
 *
 * @param peer the peer
 * @param scenario the scenario's name
 * @param round the round, from 0
 * @param perSecond calls, or messages, a second
 * @param p50 median latency in microseconds
 * @param p99 99th percentile in microseconds
 * @param p999 99.9th percentile in microseconds
 * @param jitShare part of the machine's CPU time that compilers took
 * @param server what the server used
 * @param client what the client used
 */
record Cell(Peer peer, String scenario, int round, double perSecond, double p50, double p99, double p999,
		double jitShare, Usage server, Usage client) {

	double cpuOfBoth() {
		return this.server.cpuMicros() + this.client.cpuMicros();
	}

	double serverCpu() {
		return this.server.cpuMicros();
	}

}
