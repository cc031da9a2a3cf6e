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

import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.LoadBalancer.Subchannel;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an instance, with a back-off and a health watch of its own. Changed
 * in gRPC's synchronization context only.
 */
final class InstanceSubchannel implements ConnectionListener {

	private final InstanceConnection instance;

	/** Counted only where picks go by it. */
	private final @Nullable AtomicInteger open;

	private volatile PickResults sure = PickResults.NONE;

	private volatile PickResults doubtful = PickResults.NONE;

	private ConnectivityState state = ConnectivityState.IDLE;

	private boolean connected;

	/** Health said SERVING on this connection, and no reply has contradicted. */
	private boolean served;

	/**
	 * Creates a connection that is not open yet.
	 * @param instance whose it is
	 * @param oneOfSeveral whether the instance has others
	 */
	InstanceSubchannel(InstanceConnection instance, boolean oneOfSeveral) {
		this.instance = instance;
		this.open = oneOfSeveral ? new AtomicInteger() : null;
	}

	@Override
	public void onSubchannel(Subchannel subchannel) {
		this.sure = PickResults.of(subchannel, this.instance, this.open, false);
		this.doubtful = PickResults.of(subchannel, this.instance, this.open, true);
	}

	@Override
	public void onConnectionState(ConnectivityStateInfo info) {
		this.connected = info.getState() == ConnectivityState.READY;
		if (!this.connected) {
			this.served = false;
		}
		this.instance
			.onConnectionChanged((info.getState() == ConnectivityState.TRANSIENT_FAILURE) ? info.getStatus() : null);
	}

	/**
	 * Takes the state as health has made it.
	 */
	void onState(ConnectivityState newState, long now) {
		this.state = newState;
		if (newState == ConnectivityState.READY) {
			this.served = true;
		}
		this.instance.onStateChanged(now);
	}

	/**
	 * Takes note that the instance is not about to leave: if it is not healthy, it is not
	 * used any more.
	 */
	void endDoubt() {
		if (this.state != ConnectivityState.READY) {
			this.served = false;
		}
	}

	/**
	 * Returns what picks of this connection return. Safe for any thread.
	 * @param inDoubt whether the instance is used although it does not serve
	 */
	PickResults results(boolean inDoubt) {
		return inDoubt ? this.doubtful : this.sure;
	}

	/**
	 * Returns how many calls and streams are open. Safe for any thread.
	 * @return 0 if they are not counted
	 */
	int openStreams() {
		return (this.open != null) ? this.open.get() : 0;
	}

	ConnectivityState state() {
		return this.state;
	}

	boolean isConnected() {
		return this.connected;
	}

	boolean isServing() {
		return this.state == ConnectivityState.READY && this.sure.unary() != null;
	}

	boolean isUsableAtLast(boolean draining) {
		return this.connected && (this.served || draining) && this.doubtful.unary() != null;
	}

	/**
	 * Names its state for people.
	 */
	String stateName() {
		return stateName(this.state, this.connected);
	}

	static String stateName(ConnectivityState state, boolean connected) {
		return (connected && state != ConnectivityState.READY) ? "NOT_SERVING" : state.name();
	}

}
