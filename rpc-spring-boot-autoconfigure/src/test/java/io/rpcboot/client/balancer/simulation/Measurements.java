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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import io.rpcboot.client.balancer.policy.Outcome;

/**
 * What became of the calls that end after an incident began.
 */
final class Measurements {

	private final long from;

	private final Map<SimulatedServer, Load> loads = new IdentityHashMap<>();

	private final List<Long> errors = new ArrayList<>();

	private long[] answered = new long[1 << 16];

	private int answers;

	private int requests;

	private int mostInFlight;

	Measurements(long from) {
		this.from = from;
	}

	void nobody(long now) {
		if (now >= this.from) {
			this.requests++;
			this.errors.add(now);
		}
	}

	void begun(SimulatedServer server, long now) {
		Load load = this.loads.computeIfAbsent(server, (key) -> new Load());
		load.inFlight++;
		if (now >= this.from) {
			load.calls++;
			this.mostInFlight = Math.max(this.mostInFlight, load.inFlight);
		}
	}

	void ended(SimulatedServer server, long start, long now, Outcome outcome) {
		this.loads.computeIfAbsent(server, (key) -> new Load()).inFlight--;
		if (now < this.from) {
			return;
		}
		this.requests++;
		if (outcome != Outcome.ANSWER) {
			this.errors.add(start);
			return;
		}
		if (this.answers == this.answered.length) {
			this.answered = Arrays.copyOf(this.answered, 2 * this.answers);
		}
		this.answered[this.answers++] = now - start;
	}

	/**
	 * Ends the measurement.
	 */
	void close() {
		this.answered = Arrays.copyOf(this.answered, this.answers);
		Arrays.sort(this.answered);
	}

	int requests() {
		return this.requests;
	}

	int errors() {
		return this.errors.size();
	}

	/**
	 * Counts the errors of calls that began so many seconds or more after the incident.
	 */
	int errorsAfter(double seconds) {
		long since = this.from + VirtualTime.seconds(seconds);
		return (int) this.errors.stream().filter((start) -> start >= since).count();
	}

	/**
	 * Returns within how many milliseconds this share of the answers came.
	 */
	double percentile(double percent) {
		int rank = (int) StrictMath.ceil(percent / 100 * this.answers);
		return this.answered[Math.max(0, rank - 1)] / (double) VirtualTime.millis(1);
	}

	int calls(SimulatedServer server) {
		Load load = this.loads.get(server);
		return (load != null) ? load.calls : 0;
	}

	/**
	 * Returns the largest number of calls that one server had at a time.
	 */
	int mostInFlight() {
		return this.mostInFlight;
	}

	private static final class Load {

		private int calls;

		private int inFlight;

	}

}
