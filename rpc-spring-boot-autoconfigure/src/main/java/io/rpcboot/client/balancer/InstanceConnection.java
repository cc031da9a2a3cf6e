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

package io.rpcboot.client.balancer;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

import io.grpc.ConnectivityState;
import io.grpc.Status;
import io.rpcboot.client.balancer.outlier.InstanceOutcomes;
import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.balancer.policy.InstanceStatistics;
import io.rpcboot.client.balancer.policy.Outcome;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * One instance, its connections of one channel (one, unless more are set), and what is
 * known of both. Policies see one candidate, however many connections it has. Changed in
 * gRPC's synchronization context only; what a pick reads is safe from any thread.
 */
final class InstanceConnection implements Candidate {

	private static final List<ConnectivityState> BEST_LAST = List.of(ConnectivityState.TRANSIENT_FAILURE,
			ConnectivityState.IDLE, ConnectivityState.CONNECTING, ConnectivityState.READY);

	private final Executor syncContext;

	private final Runnable onChange;

	private final Runnable onOutcome;

	private final Runnable onRunOfFailures;

	private final InstanceStatistics statistics;

	private final @Nullable InstanceOutcomes outcomes;

	private final LongAdder picks;

	private final ConnectHints.@Nullable OfChannel hints;

	private volatile ServiceInstance instance;

	private volatile double weight;

	private volatile boolean usable;

	private final List<InstanceSubchannel> subchannels;

	/** The best state of the connections. */
	private ConnectivityState state = ConnectivityState.IDLE;

	/** Whether one of the connections is. */
	private boolean connected;

	/** Whether one of the connections is. */
	private boolean serving;

	/** Chooses among several; {@code null} if there is one. */
	private final @Nullable SubchannelChoice choice;

	/** Since the instance is known. */
	private boolean everConnected;

	/** A reply said so since there was no connection at all. */
	private boolean saidDrain;

	/** Of the last reply; written by event loops too. */
	private volatile boolean drainTold;

	private String failure = "not connected yet";

	/**
	 * Creates the connections of an instance.
	 * @param instance the instance
	 * @param shared what its calls have shown, on all channels
	 * @param outcomes where the outlier detection counts; {@code null} without it
	 * @param syncContext gRPC's synchronization context
	 * @param onChange runs there when the instance may have become usable or not
	 * @param onOutcome runs on the event loop when an outcome has been counted
	 * @param onRunOfFailures runs there when many calls in a row have failed
	 * @param picks counts the attempts for which an instance of the application is picked
	 * @param hints explain why a connection fails; {@code null} for gRPC's own words
	 * @param connections how many there are to be, at least 1
	 */
	InstanceConnection(ServiceInstance instance, InstanceStatistics shared, @Nullable InstanceOutcomes outcomes,
			Executor syncContext, Runnable onChange, Runnable onOutcome, Runnable onRunOfFailures, LongAdder picks,
			ConnectHints.@Nullable OfChannel hints, int connections) {
		this.picks = picks;
		this.hints = hints;
		this.instance = instance;
		this.weight = instance.weight();
		this.statistics = shared;
		this.outcomes = outcomes;
		this.syncContext = syncContext;
		this.onChange = onChange;
		this.onOutcome = onOutcome;
		this.onRunOfFailures = onRunOfFailures;
		this.subchannels = IntStream.range(0, connections)
			.mapToObj((number) -> new InstanceSubchannel(this, connections > 1))
			.toList();
		this.choice = (connections > 1) ? new SubchannelChoice(this.subchannels) : null;
	}

	@Override
	public ServiceInstance instance() {
		return this.instance;
	}

	@Override
	public double weight() {
		return this.weight;
	}

	@Override
	public InstanceStatistics statistics() {
		return this.statistics;
	}

	@Override
	public boolean isUsable() {
		return this.usable;
	}

	/**
	 * Counts an attempt that was given this instance. Safe for any thread.
	 */
	void onPicked() {
		this.picks.increment();
	}

	/**
	 * Takes the newest record; {@code null} if there is none any more.
	 */
	void update(@Nullable ServiceInstance newRecord) {
		if (newRecord != null) {
			this.instance = newRecord;
			choose();
		}
	}

	void weight(double newWeight) {
		this.weight = newWeight;
	}

	void usable(boolean newUsable) {
		this.usable = newUsable;
	}

	List<InstanceSubchannel> subchannels() {
		return this.subchannels;
	}

	/**
	 * Returns what picks return as long as the connection is what it is.
	 * @return the results; {@code null} if each pick has to choose among connections
	 */
	@Nullable PickResults fixedResults(boolean inDoubt) {
		return (this.choice != null) ? null : this.subchannels.get(0).results(inDoubt);
	}

	/**
	 * Returns what the next pick returns. Takes no lock and allocates nothing.
	 * @param inDoubt whether the instance is used although it does not serve
	 */
	PickResults results(boolean inDoubt) {
		return ((this.choice != null) ? this.choice.next(inDoubt) : this.subchannels.get(0)).results(inDoubt);
	}

	/**
	 * Is told that a connection was opened, lost, or could not be opened.
	 */
	void onConnectionChanged(@Nullable Status failed) {
		look();
		this.everConnected |= this.connected;
		this.drainTold = false;
		if (!this.connected) {
			this.saidDrain = false;
		}
		if (failed != null) {
			this.failure = explain(failed);
		}
	}

	/**
	 * Is told that health has made another state of a connection.
	 */
	void onStateChanged(long now) {
		look();
		if (this.state == ConnectivityState.READY) {
			this.statistics.ready(now);
		}
	}

	boolean isConnected() {
		return this.connected;
	}

	boolean isConnecting() {
		return this.state == ConnectivityState.CONNECTING || this.state == ConnectivityState.IDLE;
	}

	boolean isServing() {
		return this.serving;
	}

	boolean isDraining() {
		return this.saidDrain || this.instance.state() == InstanceState.DRAINING;
	}

	/**
	 * Returns whether it may be called while nobody serves: it is still connected and
	 * leaves, or stopped being healthy only now.
	 */
	boolean isUsableAtLast() {
		boolean draining = isDraining();
		for (InstanceSubchannel subchannel : this.subchannels) {
			if (subchannel.isUsableAtLast(draining)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Names its state for people.
	 */
	String stateName() {
		return InstanceSubchannel.stateName(this.state, this.connected);
	}

	/**
	 * Says why it cannot be called.
	 */
	String describe() {
		return this.connected ? "connected, but its health says NOT_SERVING" : this.failure;
	}

	/**
	 * Takes the connections as they are now.
	 */
	private void look() {
		this.connected = false;
		this.serving = false;
		this.state = ConnectivityState.TRANSIENT_FAILURE;
		for (InstanceSubchannel subchannel : this.subchannels) {
			this.connected |= subchannel.isConnected();
			this.serving |= subchannel.isServing();
			if (BEST_LAST.indexOf(subchannel.state()) > BEST_LAST.indexOf(this.state)) {
				this.state = subchannel.state();
			}
		}
		choose();
	}

	private void choose() {
		if (this.choice != null) {
			this.choice.update(isDraining());
		}
	}

	/**
	 * Is told by a reply whether the instance is about to leave. Called on the event
	 * loop.
	 */
	void onReply(boolean leaving) {
		this.syncContext.execute(() -> replied(leaving));
	}

	/**
	 * Returns whether the last reply said that the instance leaves.
	 */
	boolean isDrainTold() {
		return this.drainTold;
	}

	void drainTold(boolean told) {
		this.drainTold = told;
	}

	/**
	 * Is told how an attempt ended. Called on the event loop.
	 */
	void onOutcome(Outcome outcome) {
		if (this.outcomes != null) {
			if (this.outcomes.record(outcome)) {
				this.syncContext.execute(this.onRunOfFailures);
			}
			this.onOutcome.run();
		}
	}

	/**
	 * Is told how an attempt failed. Called on the event loop.
	 */
	void onFailedCall(Status status) {
		if (this.hints != null) {
			this.hints.onFailedCall(this.instance, status);
		}
	}

	private void replied(boolean leaving) {
		if (leaving) {
			this.saidDrain = this.connected;
		}
		else {
			// It does not leave, it is not healthy.
			this.subchannels.forEach(InstanceSubchannel::endDoubt);
		}
		look();
		this.onChange.run();
	}

	private String explain(Status status) {
		String hint = (this.hints != null) ? this.hints.explain(this.instance, status, this.everConnected) : null;
		return (hint != null) ? hint : text(status);
	}

	/**
	 * What gRPC says of a connection ("io exception") hides the reason in the cause.
	 */
	private static String text(Status status) {
		String description = String.valueOf(status.getDescription());
		Throwable cause = status.getCause();
		return (cause != null && cause.getMessage() != null) ? description + ": " + cause.getMessage() : description;
	}

}
