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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

import io.rpcboot.client.balancer.outlier.OutlierDetector;
import io.rpcboot.client.balancer.outlier.OutlierSettings;
import io.rpcboot.client.balancer.policy.InstanceSelector;
import io.rpcboot.client.balancer.policy.LoadBalancingPolicy;
import io.rpcboot.client.balancer.policy.Outcome;
import io.rpcboot.client.balancer.policy.PickHints;
import io.rpcboot.client.balancer.policy.SlowStart;
import io.rpcboot.client.balancer.policy.StatisticsStore;
import org.jspecify.annotations.Nullable;

/**
 * A process that calls, with statistics of its own. Does what {@code PickSet},
 * {@code Upkeep} and {@code AttemptTracerFactory} do around the policies: an instance is
 * usable that is connected, does not drain and is not ejected, unless it is panic; shares
 * of new ones are weighed each second; the selector is made anew when that changes.
 */
final class SimulatedClient {

	static final long TIMEOUT = VirtualTime.seconds(1);

	private static final long WEIGH_AGAIN = VirtualTime.seconds(1);

	private final VirtualTime time;

	private final Measurements measurements;

	private final StatisticsStore statistics;

	private final LoadBalancingPolicy policy;

	private final @Nullable OutlierDetector outliers;

	private final int panicPercent;

	private final @Nullable SlowStart slowStart;

	private final TreeMap<String, SimulatedConnection> known = new TreeMap<>();

	private final Deque<SimulatedCall> open = new ArrayDeque<>();

	private List<SimulatedConnection> usable = List.of();

	private List<SimulatedConnection> candidates = List.of();

	private @Nullable InstanceSelector selector;

	private boolean recordsChanged;

	private boolean weighing;

	SimulatedClient(VirtualTime time, Variant variant, Chance chance, Measurements measurements) {
		this.time = time;
		this.measurements = measurements;
		this.statistics = new StatisticsStore(time::now);
		this.policy = variant.policy().create(time::now, chance::below);
		OutlierSettings settings = variant.outliers();
		this.outliers = (settings != null) ? new OutlierDetector(settings, time::now, chance::below) : null;
		this.panicPercent = (settings != null) ? settings.panicPercent() : 0;
		this.slowStart = variant.slowStart();
		if (settings != null) {
			time.after(chance.below(1_000_000_000), () -> time.every(settings.interval().toNanos(), this::sweep));
		}
	}

	/**
	 * Takes a new instance into the set and is connected to it at once.
	 * @param server the instance
	 * @param readySince since when it can be called
	 */
	void add(SimulatedServer server, long readySince) {
		String id = server.id();
		SimulatedConnection connection = new SimulatedConnection(server, this.statistics.acquire(id),
				(this.outliers != null) ? this.outliers.outcomes(id) : null);
		connection.connected(true);
		connection.statistics().ready(readySince);
		this.known.put(id, connection);
		retain();
	}

	void drain(SimulatedServer server) {
		SimulatedConnection connection = this.known.get(server.id());
		if (connection != null) {
			connection.drain();
			refresh();
		}
	}

	/**
	 * Is told by the connection that there is no server any more.
	 */
	void disconnect(SimulatedServer server) {
		SimulatedConnection connection = this.known.get(server.id());
		if (connection != null) {
			connection.connected(false);
			refresh();
		}
	}

	/**
	 * Is told by the registry that there is no instance any more.
	 */
	void remove(SimulatedServer server) {
		if (this.known.remove(server.id()) != null) {
			this.statistics.release(server.id());
			retain();
		}
	}

	void call(long workNanos, boolean poisoned, long key) {
		PickHints hints = this.policy.placesByKey() ? PickHints.NONE.withKey(key) : PickHints.NONE;
		int selected = (this.selector != null) ? this.selector.select(hints) : InstanceSelector.NONE;
		if (selected == InstanceSelector.NONE) {
			this.measurements.nobody(this.time.now());
			return;
		}
		SimulatedConnection connection = this.candidates.get(selected);
		long start = this.time.now();
		int slot = connection.statistics().begin(start);
		this.measurements.begun(connection.server(), start);
		SimulatedCall call = new SimulatedCall(workNanos, poisoned, start + TIMEOUT,
				(outcome) -> end(connection, slot, start, outcome));
		this.open.add(call);
		if (this.open.size() == 1) {
			this.time.at(call.deadline(), this::expire);
		}
		connection.server().receive(call);
	}

	/**
	 * All calls have the same timeout, so that the first one begun is the first to
	 * expire. Those that have ended go with it.
	 */
	private void expire() {
		for (SimulatedCall first = this.open.peek(); first != null; first = this.open.peek()) {
			if (!first.hasEnded() && first.deadline() > this.time.now()) {
				this.time.at(first.deadline(), this::expire);
				return;
			}
			first.fail();
			this.open.remove();
		}
	}

	private void end(SimulatedConnection connection, int slot, long start, Outcome outcome) {
		long now = this.time.now();
		connection.statistics().end(slot, start, now, outcome, (outcome == Outcome.ANSWER) ? Long.MAX_VALUE : TIMEOUT);
		this.measurements.ended(connection.server(), start, now, outcome);
		if (this.outliers != null && connection.outcomes() != null && connection.outcomes().record(outcome)
				&& this.outliers.look()) {
			refresh();
		}
	}

	private void retain() {
		if (this.outliers != null) {
			this.outliers.retain(this.known.keySet());
		}
		this.recordsChanged = true;
		refresh();
	}

	private void sweep() {
		if (this.outliers != null && this.outliers.sweep()) {
			refresh();
		}
	}

	private void refresh() {
		List<SimulatedConnection> now = decide();
		this.known.values().forEach((connection) -> connection.usable(now.contains(connection)));
		boolean changed = this.recordsChanged | weigh(now);
		if (changed || !now.equals(this.usable)) {
			this.recordsChanged = false;
			this.usable = now;
			this.candidates = this.policy.placesByKey() ? List.copyOf(this.known.values()) : now;
			this.selector = now.isEmpty() ? null : this.policy.selector(this.candidates, this.selector);
		}
	}

	private List<SimulatedConnection> decide() {
		List<SimulatedConnection> serving = this.known.values()
			.stream()
			.filter(SimulatedConnection::isServing)
			.toList();
		OutlierDetector detector = this.outliers;
		if (detector == null) {
			return serving;
		}
		List<SimulatedConnection> left = serving.stream()
			.filter((connection) -> !detector.isEjected(connection.instance().id()))
			.toList();
		int draining = (int) this.known.values().stream().filter(SimulatedConnection::isDraining).count();
		return OutlierDetector.isPanic(left.size(), this.known.size() - draining, this.panicPercent) ? serving : left;
	}

	private boolean weigh(List<SimulatedConnection> all) {
		if (this.slowStart == null) {
			return false;
		}
		SlowStart due = this.slowStart;
		long now = this.time.now();
		List<SimulatedConnection> fresh = new ArrayList<>(all);
		fresh.removeIf((connection) -> !due.isNew(connection.statistics().readySinceNanos(), now));
		if (!fresh.isEmpty()) {
			weighAgain();
		}
		boolean applies = due.applies(fresh.size(), all.size());
		boolean changed = false;
		for (SimulatedConnection connection : all) {
			double factor = applies ? due.factor(connection.statistics().readySinceNanos(), now) : 1;
			double weight = connection.instance().weight() * factor;
			changed |= weight != connection.weight();
			connection.weight(weight);
		}
		return changed;
	}

	private void weighAgain() {
		if (!this.weighing) {
			this.weighing = true;
			this.time.after(WEIGH_AGAIN, () -> {
				this.weighing = false;
				refresh();
			});
		}
	}

}
