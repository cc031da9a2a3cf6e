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

package io.rpcboot.actuate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.RegistrationStatistics;
import io.rpcboot.registry.WatchStatus.State;
import io.rpcboot.testing.FixedWatches;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcRegistryMeters}.
 */
class RpcRegistryMetersTests {

	private final FixedWatches discovery = new FixedWatches();

	private final AtomicReference<@Nullable RegistrationState> registration = new AtomicReference<>();

	private final AtomicReference<RegistrationStatistics> statistics = new AtomicReference<>(
			RegistrationStatistics.NONE);

	private final AtomicLong nanoTime = new AtomicLong();

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final RpcRegistryMeters meters = new RpcRegistryMeters(this.discovery, this.registration::get,
			this.statistics::get, this.nanoTime::get);

	@Test
	void registeredIsOneZeroOrNothing() {
		this.meters.bindTo(this.registry);
		Gauge registered = this.registry.get("rpc.registration.registered").gauge();
		assertThat(registered.value()).as("nothing to register").isNaN();
		this.registration.set(RegistrationState.PENDING);
		assertThat(registered.value()).isZero();
		this.registration.set(RegistrationState.REGISTERED);
		assertThat(registered.value()).isOne();
		this.registration.set(RegistrationState.DEREGISTERED);
		assertThat(registered.value()).isZero();
	}

	@Test
	void countsRenewalsAndLosses() {
		this.meters.bindTo(this.registry);
		this.statistics.set(new RegistrationStatistics(7, 2));
		assertThat(this.registry.get("rpc.registration.renewals").functionCounter().count()).isEqualTo(7);
		assertThat(this.registry.get("rpc.registration.losses").functionCounter().count()).isEqualTo(2);
	}

	@Test
	void ageIsTheTimeSinceTheRegistryAnsweredOrNothing() {
		this.discovery.with("stock", State.CURRENT, 1)
			.with("orders", State.CURRENT, 1)
			.answered("stock", Duration.ofMillis(2500));
		this.meters.bindTo(this.registry);
		assertThat(age("stock")).isEqualTo(2.5);
		assertThat(age("orders")).isNaN();
	}

	@Test
	void whenSomeInstancesAreQuarantinedThenTheyAreNotCountedAsLive() {
		this.discovery.with("stock", State.CURRENT, 5, "id-1", "id-2");
		this.meters.bindTo(this.registry);
		assertThat(instances(this.registry, "stock", "live")).isEqualTo(3);
		assertThat(instances(this.registry, "stock", "quarantined")).isEqualTo(2);
	}

	@ParameterizedTest
	@CsvSource({ "PENDING, 0", "CURRENT, 0", "STALE, 1", "SNAPSHOT, 1" })
	void staleSaysThatTheRegistryDoesNotStandBehindTheSet(State state, double expected) {
		this.discovery.with("stock", state, 1);
		this.meters.bindTo(this.registry);
		assertThat(this.registry.get("rpc.discovery.stale").tag("rpc.application", "stock").gauge().value())
			.isEqualTo(expected);
	}

	@Test
	void whenAnApplicationIsWatchedLaterThenItsMetersFollowWhenAnyIsRead() {
		this.meters.bindTo(this.registry);
		assertThat(this.registry.find("rpc.discovery.instances").meters()).isEmpty();
		this.discovery.with("stock", State.CURRENT, 1);
		aSecondLater();
		assertThat(applications(this.registry)).isOne();
		assertThat(instances(this.registry, "stock", "live")).isOne();
		this.discovery.with("orders", State.CURRENT, 2);
		aSecondLater();
		assertThat(instances(this.registry, "stock", "live")).as("read, whichever it is").isOne();
		assertThat(instances(this.registry, "orders", "live")).isEqualTo(2);
	}

	@Test
	void whenAWatchIsClosedThenItsMetersGoAndTheOthersStay() {
		this.discovery.with("stock", State.CURRENT, 1).with("orders", State.CURRENT, 2);
		this.meters.bindTo(this.registry);
		Gauge stock = this.registry.get("rpc.discovery.instances").tag("rpc.application", "stock").gauge();
		this.discovery.close("stock");
		aSecondLater();
		assertThat(applications(this.registry)).isOne();
		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getTag("rpc.application"))
			.doesNotContain("stock")
			.contains("orders");
		assertThat(stock.value()).isNaN();
		this.discovery.with("stock", State.CURRENT, 7);
		aSecondLater();
		applications(this.registry);
		assertThat(instances(this.registry, "stock", "live")).isEqualTo(7);
	}

	@Test
	void whenAllMetersOfManyApplicationsAreReadThenTheRegistryIsLookedAtOnceASecond() {
		IntStream.range(0, 1000).forEach((i) -> this.discovery.with("app-" + i, State.CURRENT, i));
		this.meters.bindTo(this.registry);
		List<Meter> all = this.registry.getMeters();
		assertThat(all).hasSize(4004);
		all.forEach((meter) -> meter.measure().forEach((measurement) -> measurement.getValue()));
		assertThat(this.discovery.looks()).isOne();
		this.discovery.with("app-7", State.CURRENT, 70);
		assertThat(instances(this.registry, "app-7", "live")).as("within the second").isEqualTo(7);
		aSecondLater();
		all.forEach((meter) -> meter.measure().forEach((measurement) -> measurement.getValue()));
		assertThat(this.discovery.looks()).isEqualTo(2);
		assertThat(instances(this.registry, "app-7", "live")).isEqualTo(70);
	}

	@Test
	void whenBoundToSeveralRegistriesThenEachHasAllMeters() {
		SimpleMeterRegistry part = new SimpleMeterRegistry();
		CompositeMeterRegistry composite = new CompositeMeterRegistry();
		composite.add(part);
		this.meters.bindTo(this.registry);
		this.meters.bindTo(composite);
		this.discovery.with("stock", State.CURRENT, 1);
		aSecondLater();
		for (MeterRegistry bound : List.of(this.registry, part)) {
			assertThat(applications(bound)).isOne();
			assertThat(instances(bound, "stock", "live")).isOne();
		}
	}

	private double age(String application) {
		return this.registry.get("rpc.discovery.age").tag("rpc.application", application).timeGauge().value();
	}

	private void aSecondLater() {
		this.nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
	}

	private static double applications(MeterRegistry registry) {
		return registry.get("rpc.discovery.applications").gauge().value();
	}

	private static double instances(MeterRegistry registry, String application, String state) {
		return registry.get("rpc.discovery.instances")
			.tag("rpc.application", application)
			.tag("rpc.state", state)
			.gauge()
			.value();
	}

}
