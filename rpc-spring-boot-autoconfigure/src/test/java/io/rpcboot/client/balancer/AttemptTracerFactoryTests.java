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

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.balancer.policy.InstanceStatistics;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link AttemptTracerFactory} tells of which attempts.
 */
class AttemptTracerFactoryTests {

	private final InstanceStatistics statistics = new InstanceStatistics(System::nanoTime);

	private final AtomicInteger told = new AtomicInteger();

	private final InstanceConnection connection = new InstanceConnection(ServiceInstance.of("a", "echo", "h", 1),
			this.statistics, null, Runnable::run, this.told::incrementAndGet, () -> {
			}, () -> {
			}, new LongAdder(), null, 1);

	private final ClientStreamTracer sure = tracer(new AttemptTracerFactory(this.connection, null, false, true));

	private final ClientStreamTracer doubtful = tracer(new AttemptTracerFactory(this.connection, null, true, true));

	@Test
	void whenSureThenAReplyWithoutTheMarkIsNoNews() {
		this.sure.inboundHeaders(new Metadata());
		this.sure.inboundTrailers(new Metadata());
		assertThat(this.told).hasValue(0);
	}

	@Test
	void whenSureThenTheMarkInHeadersIsTold() {
		this.sure.inboundHeaders(drain());
		assertThat(this.told).hasValue(1);
	}

	@Test
	void whenSureThenTheMarkInTrailersIsTold() {
		this.sure.inboundHeaders(new Metadata());
		this.sure.inboundTrailers(drain());
		assertThat(this.told).hasValue(1);
	}

	@Test
	void whenTheMarkStandsInManyRepliesThenItIsToldOnce() {
		AttemptTracerFactory factory = new AttemptTracerFactory(this.connection, null, false, true);
		for (int i = 0; i < 3; i++) {
			tracer(factory).inboundHeaders(drain());
			tracer(factory).inboundTrailers(drain());
		}
		assertThat(this.told).hasValue(1);
	}

	@Test
	void whenTheConnectionIsANewOneThenItsMarkIsNewsAgain() {
		AttemptTracerFactory factory = new AttemptTracerFactory(this.connection, null, false, true);
		for (int i = 1; i <= 2; i++) {
			this.connection.subchannels()
				.get(0)
				.onConnectionState(ConnectivityStateInfo.forNonError(ConnectivityState.READY));
			tracer(factory).inboundHeaders(drain());
			tracer(factory).inboundHeaders(drain());
			assertThat(this.told).hasValue(i);
			assertThat(this.connection.isDraining()).isTrue();
			this.connection.subchannels()
				.get(0)
				.onConnectionState(ConnectivityStateInfo.forNonError(ConnectivityState.IDLE));
			assertThat(this.connection.isDraining()).isFalse();
		}
	}

	@Test
	void whenDoubtfulThenAReplyWithoutTheMarkIsNewsToo() {
		this.doubtful.inboundHeaders(new Metadata());
		assertThat(this.told).hasValue(1);
	}

	@Test
	void whenDoubtfulThenTheMarkIsTold() {
		this.doubtful.inboundHeaders(drain());
		assertThat(this.told).hasValue(1);
	}

	@Test
	void anAttemptIsInFlightFromItsStreamToItsEnd() {
		assertThat(this.statistics.inFlight()).isZero();
		this.sure.streamCreated(Attributes.EMPTY, new Metadata());
		assertThat(this.statistics.inFlight()).isOne();
		this.sure.streamClosed(Status.OK);
		assertThat(this.statistics.inFlight()).isZero();
	}

	@Test
	void whenNoStreamWasMadeThenItsEndCountsNothing() {
		this.sure.streamClosed(Status.UNAVAILABLE);
		assertThat(this.statistics.inFlight()).isZero();
		assertThat(this.statistics.latencyNanos(System.nanoTime())).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTheAttemptEndsAndItsStreamWasNeverStartedThenItIsCountedOutOnce(boolean unary) {
		ReleasedAttempt attempt = new ReleasedAttempt();
		ClientStreamTracer tracer = tracer(new AttemptTracerFactory(this.connection, null, false, unary), attempt);
		tracer.streamCreated(Attributes.EMPTY, new Metadata());
		assertThat(this.statistics.inFlight()).isOne();
		attempt.release.run();
		assertThat(this.statistics.inFlight()).isZero();
		attempt.release.run();
		tracer.streamClosed(Status.CANCELLED);
		assertThat(this.statistics.inFlight()).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTheAttemptHasEndedBeforeItsStreamIsMadeThenItIsNotCounted(boolean unary) {
		ReleasedAttempt attempt = new ReleasedAttempt();
		ClientStreamTracer tracer = tracer(new AttemptTracerFactory(this.connection, null, false, unary), attempt);
		attempt.release.run();
		tracer.streamCreated(Attributes.EMPTY, new Metadata());
		assertThat(this.statistics.inFlight()).isZero();
		assertThat(attempt.created).as("told of an attempt that has ended").isFalse();
	}

	@Test
	void whenTheStreamHasEndedThenTheEndOfTheAttemptChangesNothing() {
		ReleasedAttempt attempt = new ReleasedAttempt();
		ClientStreamTracer tracer = tracer(new AttemptTracerFactory(this.connection, null, false, true), attempt);
		tracer.streamCreated(Attributes.EMPTY, new Metadata());
		this.sure.streamCreated(Attributes.EMPTY, new Metadata());
		tracer.streamClosed(Status.OK);
		attempt.release.run();
		assertThat(this.statistics.inFlight()).as("the other one").isOne();
	}

	@Test
	void whenItNeverLeftThenItSaysNothingOfTheInstance() {
		this.sure.streamCreated(Attributes.EMPTY, new Metadata());
		this.sure.streamClosed(Status.UNAVAILABLE);
		assertThat(this.statistics.latencyNanos(System.nanoTime())).isZero();
	}

	@Test
	void whenItFailedThenTheInstanceIsChargedWithATimeout() {
		for (int i = 0; i < 3; i++) {
			ClientStreamTracer tracer = tracer(new AttemptTracerFactory(this.connection, null, false, true));
			tracer.streamCreated(Attributes.EMPTY, new Metadata());
			tracer.outboundHeaders();
			tracer.streamClosed(Status.UNAVAILABLE);
		}
		assertThat(this.statistics.latencyNanos(System.nanoTime())).isGreaterThan(1e9);
	}

	@Test
	void whenTheServerSawTheDeadlinePassFirstThenItIsAFailureAndACancellationIsNone() {
		cancelled(Deadline.after(1, TimeUnit.HOURS));
		assertThat(this.statistics.latencyNanos(System.nanoTime())).isZero();
		cancelled(Deadline.after(-1, TimeUnit.NANOSECONDS));
		assertThat(this.statistics.latencyNanos(System.nanoTime())).isPositive();
	}

	private void cancelled(Deadline deadline) {
		for (int i = 0; i < 3; i++) {
			ClientStreamTracer tracer = new AttemptTracerFactory(this.connection, null, false, true)
				.newClientStreamTracer(
						StreamInfo.newBuilder().setCallOptions(CallOptions.DEFAULT.withDeadline(deadline)).build(),
						new Metadata());
			tracer.streamCreated(Attributes.EMPTY, new Metadata());
			tracer.outboundHeaders();
			tracer.streamClosed(Status.CANCELLED);
		}
	}

	@Test
	void theTimeOfAStreamIsNotTheInstances() {
		ClientStreamTracer stream = tracer(new AttemptTracerFactory(this.connection, null, false, false));
		stream.streamCreated(Attributes.EMPTY, new Metadata());
		assertThat(this.statistics.inFlight()).isOne();
		stream.outboundHeaders();
		stream.streamClosed(Status.OK);
		assertThat(this.statistics.inFlight()).isZero();
		assertThat(this.statistics.latencyNanos(System.nanoTime())).isZero();
	}

	@Test
	void whenTheCallerIsUnderAnEarlierDeadlineThenTheInstanceIsChargedWithThat() throws Exception {
		ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
		try (Context.CancellableContext caller = Context.current().withDeadlineAfter(10, TimeUnit.SECONDS, timer)) {
			StreamInfo info = StreamInfo.newBuilder()
				.setCallOptions(CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS))
				.build();
			for (int i = 0; i < 3; i++) {
				ClientStreamTracer tracer = caller
					.call(() -> new AttemptTracerFactory(this.connection, null, false, true).newClientStreamTracer(info,
							new Metadata()));
				tracer.streamCreated(Attributes.EMPTY, new Metadata());
				tracer.outboundHeaders();
				tracer.streamClosed(Status.UNAVAILABLE);
			}
		}
		finally {
			timer.shutdownNow();
		}
		assertThat(this.statistics.latencyNanos(System.nanoTime())).isBetween(1e9, 2e10);
	}

	private static ClientStreamTracer tracer(AttemptTracerFactory factory) {
		return factory.newClientStreamTracer(StreamInfo.newBuilder().build(), new Metadata());
	}

	private static ClientStreamTracer tracer(AttemptTracerFactory factory, Attempt attempt) {
		return factory.newClientStreamTracer(
				StreamInfo.newBuilder().setCallOptions(CallOptions.DEFAULT.withOption(Attempt.KEY, attempt)).build(),
				new Metadata());
	}

	private static Metadata drain() {
		Metadata metadata = new Metadata();
		metadata.put(RpcMetadata.DRAIN, RpcMetadata.SET);
		return metadata;
	}

	private static final class ReleasedAttempt implements Attempt {

		private Runnable release = () -> {
		};

		private boolean created;

		@Override
		public void onPicked(Runnable newRelease) {
			this.release = newRelease;
		}

		@Override
		public void onStreamCreated(@Nullable String instance, Metadata headers) {
			this.created = true;
		}

		@Override
		public void onHeadersSent() {
		}

	}

}
