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

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ChannelLogger;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.rpcboot.client.balancer.policy.Policies;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.echo.EchoGrpc;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willReturn;
import static org.mockito.Mockito.mock;

/**
 * Where the calls go when one of the two connections of an instance is lost, and when it
 * is back. The channel is made up, as a call has to meet a connection that is lost
 * already, and not yet known to be.
 */
class LostConnectionTests {

	private final CallingChannel channel = new CallingChannel();

	private final LoadBalancer balancer = new LoadBalancerProviders.P2c().newLoadBalancer(this.channel);

	@BeforeEach
	void connect() {
		this.channel.syncContext.execute(() -> this.balancer.acceptResolvedAddresses(twoConnectionsToOneInstance()));
		assertThat(this.channel.connections).hasSize(2);
		this.channel.connections.forEach((connection) -> connection.becomes(ConnectivityState.READY));
	}

	@Test
	void whenOneIsLostThenACallThatMetItGoesToTheOther() {
		Connection lost = connection(0);
		lost.cut();
		// The second is given the connection that the first was not.
		call(2);
		assertThat(this.channel.waiting).isNotEmpty();
		lost.becomes(ConnectivityState.IDLE);
		assertThat(this.channel.waiting).isEmpty();
		assertThat(connection(1).calls).isEqualTo(2);
	}

	@Test
	void whileOneIsLostThenTheOtherGetsAllCalls() {
		for (ConnectivityState state : List.of(ConnectivityState.IDLE, ConnectivityState.CONNECTING,
				ConnectivityState.TRANSIENT_FAILURE)) {
			connection(0).becomes(state);
			call(4);
			assertThat(this.channel.waiting).as("waiting while %s", state).isEmpty();
		}
		assertThat(connection(0).calls).isZero();
		assertThat(connection(1).calls).isEqualTo(12);
	}

	@Test
	void whenItIsBackThenBothAreUsed() {
		call(4);
		connection(0).becomes(ConnectivityState.IDLE);
		connection(0).becomes(ConnectivityState.CONNECTING);
		call(2);
		connection(0).becomes(ConnectivityState.READY);
		call(4);
		assertThat(this.channel.waiting).isEmpty();
		assertThat(connection(0).calls).isEqualTo(5);
		assertThat(connection(1).calls).isEqualTo(5);
	}

	private Connection connection(int number) {
		return this.channel.connections.get(number);
	}

	private void call(int times) {
		IntStream.range(0, times).forEach((i) -> this.channel.call());
	}

	private static ResolvedAddresses twoConnectionsToOneInstance() {
		EquivalentAddressGroup address = new EquivalentAddressGroup(InetSocketAddress.createUnresolved("h", 1),
				Attributes.newBuilder()
					.set(InstanceAttributes.INSTANCE, ServiceInstance.of("a", "echo", "h", 1))
					.build());
		BalancerContext context = new BalancerContext(Policies.builtIn(), (application) -> List.of(), null, null);
		return ResolvedAddresses.newBuilder()
			.setAddresses(List.of(address))
			.setAttributes(Attributes.newBuilder().set(InstanceAttributes.CONTEXT, context).build())
			.setLoadBalancingPolicyConfig(new PolicyConfig("p2c", 2))
			.build();
	}

	/**
	 * Like gRPC's: a call that is given a connection which is no more waits for the next
	 * picker.
	 */
	private static final class CallingChannel extends LoadBalancer.Helper {

		private final SynchronizationContext syncContext = new SynchronizationContext((thread, ex) -> {
			throw new AssertionError(ex);
		});

		private final List<Connection> connections = new ArrayList<>();

		private final Deque<PickSubchannelArgs> waiting = new ArrayDeque<>();

		private @Nullable SubchannelPicker picker;

		void call() {
			PickSubchannelArgs call = mock();
			given(call.getCallOptions()).willReturn(CallOptions.DEFAULT);
			willReturn(EchoGrpc.getUnaryMethod()).given(call).getMethodDescriptor();
			send(call);
		}

		private void send(PickSubchannelArgs call) {
			PickResult result = Objects.requireNonNull(this.picker).pickSubchannel(call);
			Connection connection = (Connection) Objects.requireNonNull(result.getSubchannel());
			if (connection.open) {
				connection.take(result);
			}
			else {
				this.waiting.add(call);
			}
		}

		@Override
		public Subchannel createSubchannel(CreateSubchannelArgs args) {
			Connection connection = new Connection(args.getAddresses(), this.syncContext);
			this.connections.add(connection);
			return connection;
		}

		@Override
		public void updateBalancingState(ConnectivityState state, SubchannelPicker newPicker) {
			this.picker = newPicker;
			List<PickSubchannelArgs> again = List.copyOf(this.waiting);
			this.waiting.clear();
			again.forEach(this::send);
		}

		@Override
		public void refreshNameResolution() {
		}

		@Override
		public SynchronizationContext getSynchronizationContext() {
			return this.syncContext;
		}

		@Override
		public ScheduledExecutorService getScheduledExecutorService() {
			return mock();
		}

		@Override
		public String getAuthority() {
			return "echo";
		}

		@Override
		public ManagedChannel createOobChannel(EquivalentAddressGroup address, String authority) {
			throw new UnsupportedOperationException();
		}

	}

	private static final class Connection extends Subchannel {

		private final List<EquivalentAddressGroup> addresses;

		private final SynchronizationContext syncContext;

		private @Nullable SubchannelStateListener listener;

		private boolean open;

		private int calls;

		Connection(List<EquivalentAddressGroup> addresses, SynchronizationContext syncContext) {
			this.addresses = addresses;
			this.syncContext = syncContext;
		}

		void becomes(ConnectivityState state) {
			this.open = state == ConnectivityState.READY;
			ConnectivityStateInfo info = (state == ConnectivityState.TRANSIENT_FAILURE)
					? ConnectivityStateInfo.forTransientFailure(Status.UNAVAILABLE)
					: ConnectivityStateInfo.forNonError(state);
			this.syncContext.execute(() -> Objects.requireNonNull(this.listener).onSubchannelState(info));
		}

		/**
		 * Nobody is told yet.
		 */
		void cut() {
			this.open = false;
		}

		void take(PickResult result) {
			this.calls++;
			Objects.requireNonNull(result.getStreamTracerFactory())
				.newClientStreamTracer(StreamInfo.newBuilder().build(), new Metadata())
				.streamCreated(Attributes.EMPTY, new Metadata());
		}

		@Override
		public void start(SubchannelStateListener stateListener) {
			this.listener = stateListener;
		}

		@Override
		public void requestConnection() {
		}

		@Override
		public void shutdown() {
		}

		@Override
		public List<EquivalentAddressGroup> getAllAddresses() {
			return this.addresses;
		}

		@Override
		public Attributes getAttributes() {
			return Attributes.EMPTY;
		}

		@Override
		public ChannelLogger getChannelLogger() {
			return mock();
		}

	}

}
