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

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.util.ForwardingLoadBalancerHelper;
import io.grpc.util.ForwardingSubchannel;

/**
 * Stands below gRPC's health watch and tells a {@link ConnectionListener} what the
 * connection itself is and does.
 */
final class ConnectionWatchingHelper extends ForwardingLoadBalancerHelper {

	private final LoadBalancer.Helper delegate;

	ConnectionWatchingHelper(LoadBalancer.Helper delegate) {
		this.delegate = delegate;
	}

	@Override
	protected LoadBalancer.Helper delegate() {
		return this.delegate;
	}

	@Override
	public Subchannel createSubchannel(CreateSubchannelArgs args) {
		Subchannel subchannel = super.createSubchannel(args);
		ConnectionListener listener = args.getOption(ConnectionListener.KEY);
		if (listener == null) {
			return subchannel;
		}
		listener.onSubchannel(subchannel);
		return new WatchedSubchannel(subchannel, listener);
	}

	private static final class WatchedSubchannel extends ForwardingSubchannel {

		private final Subchannel delegate;

		private final ConnectionListener listener;

		WatchedSubchannel(Subchannel delegate, ConnectionListener listener) {
			this.delegate = delegate;
			this.listener = listener;
		}

		@Override
		protected Subchannel delegate() {
			return this.delegate;
		}

		@Override
		public void start(SubchannelStateListener stateListener) {
			super.start((state) -> {
				this.listener.onConnectionState(state);
				stateListener.onSubchannelState(state);
			});
		}

	}

}
