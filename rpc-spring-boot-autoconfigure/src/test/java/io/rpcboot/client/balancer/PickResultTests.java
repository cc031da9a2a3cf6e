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
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ChannelLogger;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.SynchronizationContext;
import io.rpcboot.client.balancer.policy.Policies;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.echo.EchoGrpc;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willReturn;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * What a channel gets from the picker that it is given, health watch and all.
 */
class PickResultTests {

	private final SynchronizationContext syncContext = new SynchronizationContext((thread, ex) -> {
		throw new AssertionError(ex);
	});

	private final Subchannel subchannel = mock();

	private final LoadBalancer.Helper channel = mock();

	private final ResolvedAddresses oneInstance = oneInstance();

	private LoadBalancer balancer = mock();

	@Test
	void whenTheSameInstanceIsPickedAgainThenTheResultIsTheSameObject() {
		SubchannelPicker picker = pickerOfOneInstance();
		PickResult first = picker.pickSubchannel(unaryCall());
		assertThat(picker.pickSubchannel(unaryCall())).isSameAs(first);
	}

	@Test
	void namesTheConnectionThatTheChannelHasMade() {
		assertThat(pickerOfOneInstance().pickSubchannel(unaryCall()).getSubchannel()).isSameAs(this.subchannel);
	}

	@Test
	void whenTheSameSetIsToldAgainThenAConnectionThatIsUsedIsNotTold() {
		SubchannelPicker first = pickerOfOneInstance();
		this.syncContext.execute(() -> this.balancer.acceptResolvedAddresses(this.oneInstance));
		assertThat(lastPicker()).isNotSameAs(first)
			.satisfies(
					(next) -> assertThat(next.pickSubchannel(unaryCall()).getSubchannel()).isSameAs(this.subchannel));
		then(this.subchannel).should(never()).updateAddresses(any());
	}

	@Test
	void whenTheRecordHasChangedThenTheConnectionIsTold() {
		pickerOfOneInstance();
		this.syncContext.execute(() -> this.balancer.acceptResolvedAddresses(oneInstance()));
		then(this.subchannel).should().updateAddresses(any());
	}

	private SubchannelPicker pickerOfOneInstance() {
		given(this.subchannel.getAttributes()).willReturn(Attributes.EMPTY);
		given(this.subchannel.getChannelLogger()).willReturn(mock(ChannelLogger.class));
		given(this.channel.getSynchronizationContext()).willReturn(this.syncContext);
		given(this.channel.getScheduledExecutorService()).willReturn(mock(ScheduledExecutorService.class));
		given(this.channel.getAuthority()).willReturn("echo");
		given(this.channel.createSubchannel(any())).willReturn(this.subchannel);
		this.balancer = new LoadBalancerProviders.RoundRobin().newLoadBalancer(this.channel);
		this.syncContext.execute(() -> this.balancer.acceptResolvedAddresses(this.oneInstance));
		ArgumentCaptor<SubchannelStateListener> listener = ArgumentCaptor.captor();
		then(this.subchannel).should().start(listener.capture());
		this.syncContext.execute(() -> listener.getValue()
			.onSubchannelState(ConnectivityStateInfo.forNonError(ConnectivityState.READY)));
		return lastPicker();
	}

	private SubchannelPicker lastPicker() {
		ArgumentCaptor<SubchannelPicker> picker = ArgumentCaptor.captor();
		then(this.channel).should(atLeastOnce()).updateBalancingState(eq(ConnectivityState.READY), picker.capture());
		return picker.getValue();
	}

	private static ResolvedAddresses oneInstance() {
		EquivalentAddressGroup address = new EquivalentAddressGroup(InetSocketAddress.createUnresolved("h", 1),
				Attributes.newBuilder()
					.set(InstanceAttributes.INSTANCE, ServiceInstance.of("a", "echo", "h", 1))
					.build());
		BalancerContext context = new BalancerContext(Policies.builtIn(), (application) -> List.of(), null, null);
		return ResolvedAddresses.newBuilder()
			.setAddresses(List.of(address))
			.setAttributes(Attributes.newBuilder().set(InstanceAttributes.CONTEXT, context).build())
			.build();
	}

	private static PickSubchannelArgs unaryCall() {
		PickSubchannelArgs args = mock();
		given(args.getCallOptions()).willReturn(CallOptions.DEFAULT);
		willReturn(EchoGrpc.getUnaryMethod()).given(args).getMethodDescriptor();
		return args;
	}

}
