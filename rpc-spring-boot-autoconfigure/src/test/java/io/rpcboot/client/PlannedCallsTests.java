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

package io.rpcboot.client;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.rpcboot.client.attempt.AttemptPolicy;
import io.rpcboot.client.attempt.ReadOnlyTracerFactory;
import io.rpcboot.testing.AllocatedBytes;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PlannedCalls}.
 */
class PlannedCallsTests {

	private static final CallOptions.Key<Integer> NUMBER = CallOptions.Key.create("number");

	private static final CallOptions STUB = CallOptions.DEFAULT.withOption(NUMBER, 0);

	private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

	private final ReadOnlyTracerFactory tracers = new ReadOnlyTracerFactory(new NoTracers());

	private final PlannedCalls calls = new PlannedCalls(new CallPlan(TIMEOUT_NANOS, "rpc.client.defaults.timeout",
			new CallRoutes(null, null, Map.of()), null, new NoChannel(), null, null, this.tracers));

	@Test
	void eachCallHasWhatThePlanSaysAndADeadlineOfItsOwn() {
		CallOptions first = this.calls.options(STUB);
		CallOptions second = this.calls.options(STUB);
		assertThat(first.getDeadline()).isNotNull().isNotSameAs(second.getDeadline());
		assertThat(second.getOption(AttemptPolicy.TIMEOUT_ORIGIN)).isEqualTo("rpc.client.defaults.timeout");
		assertThat(second.getStreamTracerFactories()).containsExactly(this.tracers);
		assertThat(second.getOption(NUMBER)).isZero();
	}

	@Test
	void callsOfOtherStubsKeepWhatTheySay() {
		for (int i = 0; i < 100; i++) {
			assertThat(this.calls.options(STUB.withOption(NUMBER, i)).getOption(NUMBER)).isEqualTo(i);
			assertThat(this.calls.options(STUB).getOption(NUMBER)).isZero();
		}
		CallOptions timed = STUB.withDeadlineAfter(1, TimeUnit.DAYS);
		assertThat(this.calls.options(timed).getDeadline()).isEqualTo(timed.getDeadline());
		assertThat(this.calls.options(timed).getOption(AttemptPolicy.TIMEOUT_ORIGIN)).isNull();
		assertThat(this.calls.options(STUB).getDeadline()).isLessThan(timed.getDeadline());
	}

	@Test
	void aCallAllocatesItsDeadlineAndOptionsAndNothingElse() {
		// Where a mock was made in this process, comparing two keys costs objects.
		CallOptions withoutKeys = CallOptions.DEFAULT.withWaitForReady();
		long bytes = AllocatedBytes.of(10_000, () -> this.calls.options(withoutKeys));
		assertThat(bytes / 10_000).as("bytes a call").isBetween(0L, 152L);
	}

	@Test
	void whenOptionsAreMadeForEachCallThenThoseOfTheLastAreNotKept() {
		List<WeakReference<CallOptions>> made = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			CallOptions options = STUB.withOption(NUMBER, i);
			made.add(new WeakReference<>(options));
			this.calls.options(options);
		}
		Awaitility.await().until(() -> {
			System.gc();
			return made.stream().allMatch((options) -> options.refersTo(null));
		});
		assertThat(this.calls.options(STUB).getOption(NUMBER)).isZero();
	}

	private static final class NoTracers extends ClientStreamTracer.Factory {

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			throw new UnsupportedOperationException();
		}

	}

	private static final class NoChannel extends Channel {

		@Override
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
			throw new UnsupportedOperationException();
		}

		@Override
		public String authority() {
			return "none";
		}

	}

}
