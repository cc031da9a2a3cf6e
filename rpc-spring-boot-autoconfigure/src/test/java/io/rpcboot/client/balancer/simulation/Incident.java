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

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What happens to the servers. Each begins five seconds after the clients do, and is
 * measured from there on.
 */
enum Incident {

	STEADY("Steady state", "Nothing happens.", 20, Set.of(), (fleet) -> {
	}),

	BUSY("Busy hour", "Nothing happens, but the servers are busy for 80 % of the time.", 20, Set.of(), (fleet) -> {
	}),

	ERRORS("Busy hour with a few errors", "As before, and one call of 1000 fails, wherever it goes.", 20, Set.of(),
			(fleet) -> {
			}),

	MIXED("Busy hour with a few heavy calls", "As before, and one call of 500 is 30 times as much work.", 20, Set.of(),
			(fleet) -> {
			}),

	BLACK_HOLE("Black hole", "One of twelve fails each call after 1 ms, for the rest of the time.", 20,
			Set.of("node-00"), (fleet) -> fleet.servers().get(0).failing(true)),

	SLOW("Slow node", "One of twelve takes 20 times as long, without being short of threads.", 20, Set.of("node-00"),
			(fleet) -> fleet.servers().get(0).slowness((now) -> 20)),

	HANG("Hang", "One of twelve takes calls and answers nothing for 30 s, then goes on.", 35, Set.of("node-00"),
			(fleet) -> fleet.servers().get(0).stall(VirtualTime.seconds(30))),

	GC_PAUSE("GC pause", "One of twelve stands still for 2 s, then catches up; three times, 10 s apart.", 30,
			Set.of("node-00"), (fleet) -> {
				pause(fleet);
				fleet.time().after(VirtualTime.seconds(10), () -> pause(fleet));
				fleet.time().after(VirtualTime.seconds(20), () -> pause(fleet));
			}),

	HALF_SPEED("Half speed", "One of twelve takes twice as long: its part of the load is nearly all it can do.", 20,
			Set.of("node-00"), (fleet) -> fleet.servers().get(0).slowness((now) -> 2)),

	COLD_NODE("Cold new node", "A thirteenth comes and is 5 times as slow at first, less and less so for 30 s.", 35,
			Set.of("node-12"), Fleet::startCold),

	SCALE_UP("Scale-up by half", "Six new ones come to the twelve, all cold.", 35,
			Set.of("node-12", "node-13", "node-14", "node-15", "node-16", "node-17"), (fleet) -> {
				for (int i = 0; i < 6; i++) {
					fleet.startCold();
				}
			}),

	ROLLING_RESTART("Rolling restart",
			"One of six after the other, 10 s apart, says that it leaves, ends 2 s later, and comes back cold with a new "
					+ "id after one more.",
			60, Set.of(), (fleet) -> restart(fleet, 6, 10)),

	HASTY_RESTART("Hasty restart",
			"The same with all twelve, 4 s apart: most of them are cold at once, and all together hardly fast enough.",
			60, Set.of(), (fleet) -> restart(fleet, 12, 4)),

	ZONE_LOSS("Zone loss", "Four of twelve end at once, without a word.", 20,
			Set.of("node-00", "node-01", "node-02", "node-03"),
			(fleet) -> List.of(0, 1, 2, 3).forEach((index) -> fleet.kill(fleet.servers().get(index))));

	private final String title;

	private final String text;

	private final int seconds;

	private final Set<String> affected;

	private final Consumer<Fleet> script;

	Incident(String title, String text, int seconds, Set<String> affected, Consumer<Fleet> script) {
		this.title = title;
		this.text = text;
		this.seconds = seconds;
		this.affected = affected;
		this.script = script;
	}

	private static void restart(Fleet fleet, int servers, int secondsApart) {
		for (int i = 0; i < servers; i++) {
			SimulatedServer server = fleet.servers().get(i);
			fleet.time().after(VirtualTime.seconds(secondsApart * i), () -> fleet.stop(server));
			fleet.time().after(VirtualTime.seconds(secondsApart * i + 3), fleet::startCold);
		}
	}

	private static void pause(Fleet fleet) {
		fleet.servers().get(0).stall(VirtualTime.seconds(2));
	}

	String title() {
		return this.title;
	}

	String text() {
		return this.text;
	}

	int seconds() {
		return this.seconds;
	}

	Set<String> affected() {
		return this.affected;
	}

	void begin(Fleet fleet) {
		this.script.accept(fleet);
	}

	/**
	 * Returns how many threads a server has. A slow one waits for something else.
	 */
	int threads() {
		return (this == SLOW) ? 64 : 4;
	}

	int callsPerSecond() {
		return switch (this) {
			case BUSY, ERRORS -> 3400;
			// As busy by calls that are more work on average.
			case MIXED -> 3200;
			default -> 2000;
		};
	}

	/**
	 * Returns the share of calls that fail wherever they go.
	 */
	double poisoned() {
		return (this == ERRORS) ? 0.001 : 0;
	}

	/**
	 * Returns the share of calls that are much more work.
	 */
	double heavy() {
		return (this == MIXED) ? 0.002 : 0;
	}

	List<Variant> variants() {
		return switch (this) {
			case STEADY, BUSY, ERRORS, MIXED, ZONE_LOSS, HASTY_RESTART ->
				List.of(Variant.ROUND_ROBIN, Variant.RANDOM, Variant.CONSISTENT_HASH, Variant.P2C);
			case COLD_NODE, SCALE_UP, ROLLING_RESTART ->
				List.of(Variant.ROUND_ROBIN, Variant.ROUND_ROBIN.withoutSlowStart(), Variant.RANDOM,
						Variant.CONSISTENT_HASH, Variant.P2C, Variant.P2C.withoutSlowStart());
			default -> List.of(Variant.ROUND_ROBIN, Variant.ROUND_ROBIN.withoutEjection(), Variant.RANDOM,
					Variant.CONSISTENT_HASH, Variant.P2C, Variant.P2C.withoutEjection());
		};
	}

}
