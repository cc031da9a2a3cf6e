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

package io.rpcboot.client.balancer.simulation;

import java.util.Locale;

/**
 * Tells the results to a reader.
 */
final class Report {

	private static final String HEAD = """
			# Balancing, simulated

			Made by `BalancingSimulationTests`: do not edit. To make it again:

			    mvn -f rpc-spring-boot-autoconfigure test -Dtest=BalancingSimulationTests -DargLine="-Dsimulation.report.write=true"

			The policies, the statistics, slow start and outlier ejection are those of the library, with every default.
			Servers, network and time are simulated, from one seed: every policy gets the same calls at the same time.
			%d clients, which know nothing of each other, call %d servers of 4 threads each, 2000 times a second in all.
			That keeps the servers busy for about half of the time. A call is work of %.0f ms in the median (lognormal,
			sigma %.1f) and may take 1 s. Nothing is retried. The network takes no time.

			- **requests**, **errors**: calls that ended after the incident began, and those of them that failed.
			- **p50**, **p99**, **p99.9**: within how many milliseconds this share of the answers came.
			- **affected**, **others**: how often a server was called for the time that it served, in percent of the mean:
			  those that the incident concerns, and the rest. From the least to the most.
			- **most**: the largest number of calls that one server had at a time.
			""";

	private static final String COLUMNS = """

			| policy | requests | errors | p50 | p99 | p99.9 | affected | others | most |
			|---|--:|--:|--:|--:|--:|--:|--:|--:|
			""";

	private final StringBuilder text = new StringBuilder(String.format(Locale.ROOT, HEAD, Simulation.CLIENTS,
			Simulation.SERVERS, Simulation.MEDIAN_MILLIS, Simulation.SIGMA));

	void add(Incident incident, Iterable<Result> results) {
		this.text.append("\n## ").append(incident.title()).append("\n\n").append(incident.text()).append('\n');
		this.text.append(COLUMNS);
		results.forEach((result) -> this.text.append(result.row()));
	}

	String text() {
		return this.text.toString();
	}

}
