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

package io.rpcboot.server;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallTracker}.
 */
class CallTrackerTests {

	private final AtomicLong clock = new AtomicLong(-40);

	private final CallTracker calls = new CallTracker(this.clock::get);

	@Test
	void whenACallBeginsThenItIsInFlightUntilItsStreamIsClosed() {
		ServerStreamTracer one = begin("demo.Greeter/SayHello");
		ServerStreamTracer two = begin("demo.Greeter/SayHello");
		assertThat(this.calls.inFlight()).isEqualTo(2);
		one.streamClosed(Status.OK);
		assertThat(this.calls.inFlight()).isEqualTo(1);
		two.streamClosed(Status.CANCELLED);
		assertThat(this.calls.inFlight()).isZero();
		assertThat(this.calls.begun()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "grpc.health.v1.Health/Check", "grpc.health.v1.Health/Watch",
			"grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
			"grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo" })
	void whenHealthOrReflectionIsCalledThenItIsNotCounted(String method) {
		this.calls.beginDrain();
		this.clock.addAndGet(5);
		begin(method).streamClosed(Status.OK);
		begin(method);
		assertThat(this.calls.begun()).isZero();
		assertThat(this.calls.inFlight()).isZero();
		assertThat(this.calls.quietNanos()).isEqualTo(5);
	}

	@ParameterizedTest
	@ValueSource(strings = { "no.such.Service/Method", "grpc.testing.TestService/UnaryCall", "grpc.healthy.Cook/Eat" })
	void whenAnyOtherMethodIsCalledThenItIsCounted(String method) {
		begin(method);
		assertThat(this.calls.begun()).isEqualTo(1);
	}

	@Test
	void whenTheDrainBeginsThenQuietCountsFromThere() {
		begin("demo.Greeter/SayHello");
		this.clock.addAndGet(1000);
		assertThat(this.calls.isDraining()).isFalse();
		this.calls.beginDrain();
		assertThat(this.calls.isDraining()).isTrue();
		assertThat(this.calls.quietNanos()).isZero();
		this.clock.addAndGet(7);
		assertThat(this.calls.quietNanos()).isEqualTo(7);
	}

	@Test
	void whenACallBeginsWhileDrainingThenQuietCountsAnew() {
		this.calls.beginDrain();
		this.clock.addAndGet(700);
		ServerStreamTracer late = begin("demo.Greeter/SayHello");
		this.clock.addAndGet(30);
		assertThat(this.calls.quietNanos()).isEqualTo(30);
		late.streamClosed(Status.OK);
		assertThat(this.calls.quietNanos()).as("the end of a call is no new call").isEqualTo(30);
	}

	@Test
	void whenManyThreadsCallThenNoneIsLost() throws InterruptedException {
		int threads = 8;
		int each = 10_000;
		ExecutorService pool = Executors.newFixedThreadPool(threads);
		CountDownLatch done = new CountDownLatch(threads);
		for (int i = 0; i < threads; i++) {
			pool.execute(() -> {
				for (int n = 0; n < each; n++) {
					begin("demo.Greeter/SayHello").streamClosed(Status.OK);
				}
				done.countDown();
			});
		}
		assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
		pool.shutdown();
		assertThat(this.calls.begun()).isEqualTo((long) threads * each);
		assertThat(this.calls.inFlight()).isZero();
	}

	private ServerStreamTracer begin(String method) {
		return this.calls.newServerStreamTracer(method, new Metadata());
	}

}
