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
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.client.balancer.policy.InstanceStatistics;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.AllocatedBytes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Which of the connections of one instance a call is given.
 */
class SubchannelChoiceTests {

	private final InstanceConnection instance = new InstanceConnection(ServiceInstance.of("a", "echo", "h", 1),
			new InstanceStatistics(System::nanoTime), null, Runnable::run, () -> {
			}, () -> {
			}, () -> {
			}, new LongAdder(), null, 3);

	private final List<Subchannel> subchannels = List.of(mock(), mock(), mock());

	@BeforeEach
	void connect() {
		for (int number = 0; number < 3; number++) {
			this.instance.subchannels().get(number).onSubchannel(this.subchannels.get(number));
			turns(number, ConnectivityState.READY);
		}
	}

	@Test
	void callsAreEvenOverTheConnections() {
		List<Call> calls = IntStream.range(0, 30).mapToObj((i) -> call(false)).toList();
		assertThat(this.subchannels).allSatisfy(
				(subchannel) -> assertThat(calls).filteredOn((call) -> call.subchannel() == subchannel).hasSize(10));
	}

	@Test
	void aCallGoesWhereTheFewestStreamsAreOpen() {
		List<Call> calls = IntStream.range(0, 9).mapToObj((i) -> call(false)).toList();
		List<Call> ofSecond = calls.stream().filter((call) -> call.subchannel() == this.subchannels.get(1)).toList();
		ofSecond.forEach((call) -> call.tracer().streamClosed(Status.OK));
		assertThat(IntStream.range(0, 3).mapToObj((i) -> call(false).subchannel()))
			.containsOnly(this.subchannels.get(1));
	}

	@Test
	void oneThatIsLostIsLeftAlone() {
		turns(0, ConnectivityState.TRANSIENT_FAILURE);
		assertThat(this.instance.isServing()).isTrue();
		assertThat(this.instance.stateName()).isEqualTo("READY");
		assertThat(IntStream.range(0, 4).mapToObj((i) -> call(false).subchannel()))
			.containsOnly(this.subchannels.get(1), this.subchannels.get(2))
			.hasSize(4);
	}

	@Test
	void whenAllAreLostThenTheInstanceIs() {
		IntStream.range(0, 3).forEach((number) -> turns(number, ConnectivityState.TRANSIENT_FAILURE));
		assertThat(this.instance.isServing()).isFalse();
		assertThat(this.instance.isConnected()).isFalse();
		assertThat(this.instance.stateName()).isEqualTo("TRANSIENT_FAILURE");
		turns(2, ConnectivityState.CONNECTING);
		assertThat(this.instance.isConnecting()).isTrue();
	}

	@Test
	void whenOneSaysDrainThenTheInstanceLeavesUntilNoneIsConnected() {
		this.instance.onReply(true);
		turns(0, ConnectivityState.TRANSIENT_FAILURE);
		turns(0, ConnectivityState.READY);
		assertThat(this.instance.isDraining()).isTrue();
		IntStream.range(0, 3).forEach((number) -> turns(number, ConnectivityState.TRANSIENT_FAILURE));
		assertThat(this.instance.isDraining()).isFalse();
	}

	@Test
	void whileNoneServesThenThoseThatAreConnectedAreUsed() {
		turns(0, ConnectivityState.TRANSIENT_FAILURE);
		for (int number = 1; number < 3; number++) {
			// Health says NOT_SERVING; the connection stays.
			this.instance.subchannels().get(number).onState(ConnectivityState.TRANSIENT_FAILURE, 0);
		}
		assertThat(this.instance.isUsableAtLast()).isTrue();
		assertThat(IntStream.range(0, 4).mapToObj((i) -> call(true).subchannel()))
			.containsOnly(this.subchannels.get(1), this.subchannels.get(2))
			.hasSize(4);
		this.instance.onReply(false);
		assertThat(this.instance.isUsableAtLast()).isFalse();
	}

	@Test
	void aChoiceAllocatesNothing() {
		call(false);
		assertThat(AllocatedBytes.of(10_000, () -> this.instance.results(false).unary())).isLessThan(10_000);
	}

	private void turns(int number, ConnectivityState state) {
		InstanceSubchannel subchannel = this.instance.subchannels().get(number);
		subchannel.onConnectionState((state == ConnectivityState.TRANSIENT_FAILURE)
				? ConnectivityStateInfo.forTransientFailure(Status.UNAVAILABLE)
				: ConnectivityStateInfo.forNonError(state));
		subchannel.onState(state, 0);
	}

	private Call call(boolean inDoubt) {
		PickResult result = Objects.requireNonNull(this.instance.results(inDoubt).unary());
		ClientStreamTracer tracer = Objects.requireNonNull(result.getStreamTracerFactory())
			.newClientStreamTracer(StreamInfo.newBuilder().build(), new Metadata());
		tracer.streamCreated(Attributes.EMPTY, new Metadata());
		return new Call(Objects.requireNonNull(result.getSubchannel()), tracer);
	}

	/**
	 * An open call.
	 *
	 * @param subchannel where it is
	 * @param tracer is told how it ends
	 */
	private record Call(Subchannel subchannel, ClientStreamTracer tracer) {

	}

}
