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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What balancing makes of incidents. {@code docs/balancing-simulation.md} holds the
 * figures of every variant; run with {@code -Dsimulation.report.write=true} to write it
 * again. The other tests say what must not get worse, whatever the figures.
 */
class BalancingSimulationTests {

	private static final Map<Incident, Map<String, Result>> RESULTS = new EnumMap<>(Incident.class);

	private final Path report = Path.of("..", "docs", "balancing-simulation.md");

	@BeforeAll
	static void simulate() {
		for (Incident incident : Incident.values()) {
			Map<String, Result> results = new LinkedHashMap<>();
			incident.variants().forEach((variant) -> results.put(variant.name(), Simulation.run(incident, variant)));
			RESULTS.put(incident, results);
		}
	}

	@Test
	void theReportSaysWhatTheSimulationSays() throws IOException {
		Report expected = new Report();
		RESULTS.forEach((incident, results) -> expected.add(incident, results.values()));
		if (Boolean.getBoolean("simulation.report.write")) {
			Files.writeString(this.report, expected.text());
		}
		assertThat(Files.readString(this.report)).isEqualTo(expected.text());
	}

	@Test
	void theSameSeedGivesTheSameResult() {
		Result again = Simulation.run(Incident.BUSY, Variant.P2C);
		assertThat(again.row()).isEqualTo(p2c(Incident.BUSY).row());
	}

	@Test
	void whenNothingHappensThenNothingFailsAndP2cIsAsFastAsRoundRobin() {
		assertThat(RESULTS.get(Incident.STEADY).values()).allSatisfy((result) -> assertThat(result.errors()).isZero());
		assertThat(p2c(Incident.STEADY).p99()).isLessThan(1.05 * roundRobin(Incident.STEADY).p99());
		assertThat(p2c(Incident.STEADY).mostOfOthers()).isLessThan(115);
	}

	@Test
	void whenServersAreBusyThenClientsThatKnowNothingOfEachOtherDoNotRunToTheSameOne() {
		assertThat(p2c(Incident.BUSY).p99()).isLessThan(1.1 * roundRobin(Incident.BUSY).p99());
		assertThat(p2c(Incident.BUSY).measurements().mostInFlight())
			.isLessThan(2 * roundRobin(Incident.BUSY).measurements().mostInFlight());
	}

	@Test
	void whenAFewCallsFailEverywhereThenP2cKeepsNobodyOutOfUse() {
		assertThat(p2c(Incident.ERRORS).p99()).isLessThan(1.1 * p2c(Incident.BUSY).p99());
		assertThat(p2c(Incident.ERRORS).mostOfOthers()).isLessThan(110);
	}

	@Test
	void whenAFewCallsAreHeavyThenP2cKeepsTheOthersAway() {
		assertThat(p2c(Incident.MIXED).p99()).isLessThan(roundRobin(Incident.MIXED).p99() / 2);
	}

	@Test
	void whenOneFailsFastThenItAttractsNobody() {
		assertThat(result(Incident.BLACK_HOLE, Variant.P2C.withoutEjection()).errors())
			.isLessThan(result(Incident.BLACK_HOLE, Variant.ROUND_ROBIN.withoutEjection()).errors() / 50);
		assertThat(p2c(Incident.BLACK_HOLE).errors()).isLessThanOrEqualTo(roundRobin(Incident.BLACK_HOLE).errors());
	}

	@Test
	void whenOneFailsFastThenAfterTwoSecondsLessThanOneCallOfAThousandFails() {
		for (Variant variant : new Variant[] { Variant.P2C, Variant.P2C.withoutEjection(), Variant.ROUND_ROBIN }) {
			Measurements measured = result(Incident.BLACK_HOLE, variant).measurements();
			assertThat(measured.errorsAfter(2)).as(variant.name()).isLessThan(measured.requests() / 1000);
		}
	}

	@Test
	void whenOneIsSlowThenP2cKeepsTheTailOfTheOthers() {
		assertThat(p2c(Incident.SLOW).p99()).isLessThan(roundRobin(Incident.SLOW).p99() / 5);
		assertThat(p2c(Incident.SLOW).p99()).isLessThan(1.2 * p2c(Incident.STEADY).p99());
	}

	@Test
	void whenOneHangsThenP2cSendsItAFewProbesOnly() {
		assertThat(p2c(Incident.HANG).errors()).isLessThan(30);
		assertThat(result(Incident.HANG, Variant.P2C.withoutEjection()).errors()).isLessThan(60);
		// Round robin fails all that come until the first five have timed out.
		assertThat(roundRobin(Incident.HANG).errors()).isGreaterThan(100);
	}

	@Test
	void whenOneStandsStillForTwoSecondsThenP2cGoesRoundIt() {
		assertThat(p2c(Incident.GC_PAUSE).errors()).isLessThan(30);
		assertThat(result(Incident.GC_PAUSE, Variant.P2C.withoutEjection()).p99())
			.isLessThan(result(Incident.GC_PAUSE, Variant.ROUND_ROBIN.withoutEjection()).p99() / 5);
	}

	@Test
	void whenOneHasHalfTheSpeedThenP2cSendsItLess() {
		Result result = p2c(Incident.HALF_SPEED);
		assertThat(result.p99()).isLessThan(roundRobin(Incident.HALF_SPEED).p99() / 1.5);
		assertThat(result.shares().least("node-00"::equals)).isBetween(20.0, 80.0);
	}

	@Test
	void whenANewOneIsColdThenSlowStartKeepsRoundRobinFromFailing() {
		Result spared = roundRobin(Incident.COLD_NODE);
		Result unspared = result(Incident.COLD_NODE, Variant.ROUND_ROBIN.withoutSlowStart());
		assertThat(spared.errors()).isZero();
		assertThat(unspared.errors()).isPositive();
		assertThat(spared.p999()).isLessThan(unspared.p999() / 2);
	}

	@Test
	void whenNewOnesAreColdThenSlowStartHelpsP2cToo() {
		for (Incident incident : new Incident[] { Incident.COLD_NODE, Incident.SCALE_UP, Incident.ROLLING_RESTART }) {
			Result spared = p2c(incident);
			assertThat(spared.errors()).as(incident.title()).isZero();
			assertThat(spared.p99()).as(incident.title())
				.isLessThanOrEqualTo(result(incident, Variant.P2C.withoutSlowStart()).p99());
		}
	}

	@Test
	void whenHalfAsManyComeColdThenSlowStartKeepsRoundRobinFromFailing() {
		assertThat(roundRobin(Incident.SCALE_UP).errors()).isZero();
		assertThat(result(Incident.SCALE_UP, Variant.ROUND_ROBIN.withoutSlowStart()).errors()).isGreaterThan(1000);
	}

	@Test
	void whenServersAreRestartedThenNothingFails() {
		assertThat(roundRobin(Incident.ROLLING_RESTART).errors()).isZero();
		assertThat(result(Incident.ROLLING_RESTART, Variant.CONSISTENT_HASH).errors()).isZero();
		assertThat(p2c(Incident.ROLLING_RESTART).errors()).isZero();
	}

	@Test
	void whenMostAreColdAtOnceThenP2cFindsWhatRoomThereIs() {
		assertThat(roundRobin(Incident.HASTY_RESTART).errors()).isGreaterThan(1000);
		assertThat(p2c(Incident.HASTY_RESTART).errors()).isZero();
	}

	@Test
	void whenAZoneIsLostThenOnlyTheCallsInFlightFail() {
		for (Result result : RESULTS.get(Incident.ZONE_LOSS).values()) {
			assertThat(result.errors()).as(result.variant().name()).isBetween(1, 50);
			assertThat(result.measurements().errorsAfter(0)).as(result.variant().name()).isZero();
		}
	}

	private static Result roundRobin(Incident incident) {
		return result(incident, Variant.ROUND_ROBIN);
	}

	private static Result p2c(Incident incident) {
		return result(incident, Variant.P2C);
	}

	private static Result result(Incident incident, Variant variant) {
		Result result = RESULTS.get(incident).get(variant.name());
		assertThat(result).as("%s under %s", incident, variant.name()).isNotNull();
		return result;
	}

}
