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

import io.rpcboot.benchmarks.driver.Fields;
import io.rpcboot.benchmarks.driver.ProcessStats;
import io.rpcboot.benchmarks.driver.Scenario;
import io.rpcboot.benchmarks.driver.Scenario.Kind;

/**
 * A server and a client that calls it, each in a process of its own.
 *
 * @param server the server
 * @param client the client
 */
public record ProcessPair(PeerProcess server, PeerProcess client) {

	/**
	 * Puts a load on and measures it.
	 * @param scenario the load
	 * @param rampMillis how long it runs before it is measured
	 * @param millis how long it is measured
	 * @return the figures
	 * @throws InterruptedException if interrupted
	 */
	public Measurement measure(Scenario scenario, long rampMillis, long millis) throws InterruptedException {
		this.client.send("RUN " + scenario.id() + " " + rampMillis + " " + millis);
		this.client.await("BEGIN");
		Fields begin = this.server.stats();
		this.client.await("END");
		Fields end = this.server.stats();
		Fields result = this.client.await("RESULT");
		ProcessStats served = ProcessStats.of(end).since(ProcessStats.of(begin));
		ProcessStats own = ProcessStats.of(result);
		double perSecond = (scenario.kind() == Kind.UP)
				? (end.number("received") - begin.number("received")) * 1e9 / served.nanos()
				: result.number("count") * 1e9 / own.nanos();
		return new Measurement(perSecond, micros(result, scenario, "p50"), micros(result, scenario, "p99"),
				micros(result, scenario, "p999"), jitShare(served, own), Usage.of(served, perSecond),
				Usage.of(own, perSecond), result.number("failures"), result.text("failure"));
	}

	private static double jitShare(ProcessStats server, ProcessStats client) {
		int cores = Runtime.getRuntime().availableProcessors();
		return (server.jitMillis() + client.jitMillis()) * 1e6 / client.nanos() / cores;
	}

	private static double micros(Fields result, Scenario scenario, String name) {
		return scenario.kind().isUnary() ? result.number(name) / 1e3 : Double.NaN;
	}

	/**
	 * What was measured. A figure that was not taken is NaN.
	 *
	 * @param perSecond calls, or messages, a second
	 * @param p50 median latency in microseconds
	 * @param p99 99th percentile in microseconds
	 * @param p999 99.9th percentile in microseconds
	 * @param jitShare part of the machine's CPU time that compilers took
	 * @param server what the server used
	 * @param client what the client used
	 * @param failures how many calls failed
	 * @param failure why one of them did
	 */
	public record Measurement(double perSecond, double p50, double p99, double p999, double jitShare, Usage server,
			Usage client, long failures, String failure) {

	}

}
