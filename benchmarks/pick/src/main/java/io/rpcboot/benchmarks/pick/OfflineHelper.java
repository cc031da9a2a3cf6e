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

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import io.grpc.ChannelLogger;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.Helper;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.ManagedChannel;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * Stands for the channel: keeps the last picker, and every connection is ready.
 */
final class OfflineHelper extends Helper {

	private final SynchronizationContext syncContext = new SynchronizationContext((thread, ex) -> {
		throw new IllegalStateException("the load balancer failed", ex);
	});

	private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "load-balancer");
		thread.setDaemon(true);
		return thread;
	});

	private @Nullable SubchannelPicker picker;

	SubchannelPicker picker() {
		if (this.picker == null) {
			throw new IllegalStateException("the load balancer has published nothing");
		}
		return this.picker;
	}

	void close() {
		this.scheduler.shutdownNow();
	}

	@Override
	public Subchannel createSubchannel(CreateSubchannelArgs args) {
		return new ReadySubchannel(args.getAddresses());
	}

	@Override
	public void updateBalancingState(ConnectivityState state, SubchannelPicker newPicker) {
		this.picker = newPicker;
	}

	@Override
	public SynchronizationContext getSynchronizationContext() {
		return this.syncContext;
	}

	@Override
	public ScheduledExecutorService getScheduledExecutorService() {
		return this.scheduler;
	}

	@Override
	public String getAuthority() {
		return Scene.APPLICATION;
	}

	@Override
	public ManagedChannel createOobChannel(EquivalentAddressGroup addresses, String authority) {
		throw new UnsupportedOperationException("no channel beside this one");
	}

	@Override
	public ChannelLogger getChannelLogger() {
		return new SilentLogger();
	}

}
