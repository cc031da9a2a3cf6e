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

package io.rpcboot.benchmarks.pick;

import java.util.List;

import io.grpc.Attributes;
import io.grpc.ChannelLogger;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelStateListener;
import org.jspecify.annotations.Nullable;

/**
 * Is connected as soon as somebody asks, and leads nowhere.
 */
final class ReadySubchannel extends Subchannel {

	private List<EquivalentAddressGroup> addresses;

	private @Nullable SubchannelStateListener listener;

	ReadySubchannel(List<EquivalentAddressGroup> addresses) {
		this.addresses = List.copyOf(addresses);
	}

	@Override
	public void start(SubchannelStateListener stateListener) {
		this.listener = stateListener;
	}

	@Override
	public void requestConnection() {
		if (this.listener != null) {
			this.listener.onSubchannelState(ConnectivityStateInfo.forNonError(ConnectivityState.READY));
		}
	}

	@Override
	public void shutdown() {
		this.listener = null;
	}

	@Override
	public List<EquivalentAddressGroup> getAllAddresses() {
		return this.addresses;
	}

	@Override
	public void updateAddresses(List<EquivalentAddressGroup> newAddresses) {
		this.addresses = List.copyOf(newAddresses);
	}

	@Override
	public ChannelLogger getChannelLogger() {
		return new SilentLogger();
	}

	@Override
	public Attributes getAttributes() {
		return Attributes.EMPTY;
	}

}
