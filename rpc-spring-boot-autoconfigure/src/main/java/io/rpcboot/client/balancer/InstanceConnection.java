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

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Status;
import io.rpcboot.client.balancer.outlier.InstanceOutcomes;
import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.balancer.policy.InstanceStatistics;
import io.rpcboot.client.balancer.policy.Outcome;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one instance, and what is known of both. Changed in gRPC's
 * synchronization context only; what a pick reads is safe from any thread.
 */
final class InstanceConnection implements Candidate, ConnectionListener {

	private final Executor syncContext;

	private final Runnable onChange;

	private final Runnable onRunOfFailures;

	private final InstanceStatistics statistics;

	private final @Nullable InstanceOutcomes outcomes;

	private final LongAdder picks;

	private final ConnectHints.@Nullable OfChannel hints;

	private volatile ServiceInstance instance;

	private volatile double weight;

	private volatile boolean usable;

	private PickResults sure = PickResults.NONE;

	private PickResults doubtful = PickResults.NONE;

	private ConnectivityState state = ConnectivityState.IDLE;

	private boolean connected;

	/** Since the instance is known. */
	private boolean everConnected;

	/** Health said SERVING on this connection, and no reply has contradicted. */
	private boolean served;

	private boolean saidDrain;

	/** Of the replies of this connection; written by its event loop too. */
	private volatile boolean drainTold;

	private String failure = "not connected yet";

	/**
	 * Creates the connection of an instance.
	 * @param instance the instance
	 * @param shared what its calls have shown, on all channels
	 * @param outcomes where the outlier detection counts; {@code null} without it
	 * @param syncContext gRPC's synchronization context
	 * @param onChange runs there when the instance may have become usable or not
	 * @param onRunOfFailures runs there when many calls in a row have failed
	 * @param picks counts the attempts for which an instance of the application is picked
	 */
	InstanceConnection(ServiceInstance instance, InstanceStatistics shared, @Nullable InstanceOutcomes outcomes,
			Executor syncContext, Runnable onChange, Runnable onRunOfFailures, LongAdder picks) {
		this(instance, shared, outcomes, syncContext, onChange, onRunOfFailures, picks, null);
	}

	/**
	 * Creates the connection of an instance.
	 * @param instance the instance
	 * @param shared what its calls have shown, on all channels
	 * @param outcomes where the outlier detection counts; {@code null} without it
	 * @param syncContext gRPC's synchronization context
	 * @param onChange runs there when the instance may have become usable or not
	 * @param onRunOfFailures runs there when many calls in a row have failed
	 * @param picks counts the attempts for which an instance of the application is picked
	 * @param hints explain why a connection fails; {@code null} for gRPC's own words
	 */
	InstanceConnection(ServiceInstance instance, InstanceStatistics shared, @Nullable InstanceOutcomes outcomes,
			Executor syncContext, Runnable onChange, Runnable onRunOfFailures, LongAdder picks,
			ConnectHints.@Nullable OfChannel hints) {
		this.picks = picks;
		this.hints = hints;
		this.instance = instance;
		this.weight = instance.weight();
		this.statistics = shared;
		this.outcomes = outcomes;
		this.syncContext = syncContext;
		this.onChange = onChange;
		this.onRunOfFailures = onRunOfFailures;
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
	 * Counts an attempt that was given this connection. Safe for any thread.
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
		}
	}

	void weight(double newWeight) {
		this.weight = newWeight;
	}

	void usable(boolean newUsable) {
		this.usable = newUsable;
	}

	@Override
	public void onSubchannel(Subchannel subchannel) {
		this.sure = PickResults.of(subchannel, this, false);
		this.doubtful = PickResults.of(subchannel, this, true);
	}

	PickResults results(boolean inDoubt) {
		return inDoubt ? this.doubtful : this.sure;
	}

	@Override
	public void onConnectionState(ConnectivityStateInfo info) {
		this.connected = info.getState() == ConnectivityState.READY;
		this.everConnected |= this.connected;
		this.drainTold = false;
		if (!this.connected) {
			this.served = false;
			this.saidDrain = false;
		}
		if (info.getState() == ConnectivityState.TRANSIENT_FAILURE) {
			this.failure = explain(info.getStatus());
		}
	}

	/**
	 * Takes the state as health has made it.
	 */
	void onState(ConnectivityState newState, long now) {
		this.state = newState;
		if (newState == ConnectivityState.READY) {
			this.served = true;
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
		return this.state == ConnectivityState.READY && this.sure.unary() != null;
	}

	boolean isDraining() {
		return this.saidDrain || this.instance.state() == InstanceState.DRAINING;
	}

	/**
	 * Returns whether it may be called while nobody serves: it is still connected and
	 * leaves, or stopped being healthy only now.
	 */
	boolean isUsableAtLast() {
		return this.connected && (this.served || isDraining()) && this.doubtful.unary() != null;
	}

	/**
	 * Names its state for people.
	 */
	String stateName() {
		return (this.connected && this.state != ConnectivityState.READY) ? "NOT_SERVING" : this.state.name();
	}

	/**
	 * Says why it cannot be called.
	 */
	String describe() {
		return this.connected ? "connected, but its health says NOT_SERVING" : this.failure;
	}

	/**
	 * Is told by a reply whether the instance is about to leave. Called on the event
	 * loop.
	 */
	void onReply(boolean leaving) {
		this.syncContext.execute(() -> replied(leaving));
	}

	/**
	 * Returns whether the last reply of this connection said that the instance leaves.
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
		if (this.outcomes != null && this.outcomes.record(outcome)) {
			this.syncContext.execute(this.onRunOfFailures);
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
		else if (this.state != ConnectivityState.READY) {
			// It does not leave, it is not healthy.
			this.served = false;
		}
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

	/**
	 * What a pick returns, made once for each connection.
	 *
	 * @param unary for calls of which the time is known to be the instance's
	 * @param stream for those that are open as long as both sides like
	 */
	record PickResults(@Nullable PickResult unary, @Nullable PickResult stream) {

		static final PickResults NONE = new PickResults(null, null);

		static PickResults of(Subchannel subchannel, InstanceConnection connection, boolean inDoubt) {
			return new PickResults(
					PickResult.withSubchannel(subchannel, new AttemptTracerFactory(connection, inDoubt, true)),
					PickResult.withSubchannel(subchannel, new AttemptTracerFactory(connection, inDoubt, false)));
		}

	}

}
