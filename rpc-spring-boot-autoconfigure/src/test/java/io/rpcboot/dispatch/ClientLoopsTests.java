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

package io.rpcboot.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the loops run later, and which connections they have.
 */
class ClientLoopsTests {

	@ParameterizedTest
	@ValueSource(longs = { 0, 5, 120 })
	void tasksRunAfterTheirDelay(long millis) throws Exception {
		try (ClientLoops loops = new ClientLoops()) {
			CountDownLatch ran = new CountDownLatch(1);
			long start = System.nanoTime();
			loops.schedule(ran::countDown, TimeUnit.MILLISECONDS.toNanos(millis));
			assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
			assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(millis));
		}
	}

	@Test
	void whenTheyHaveEndedThenALongDelayIsRejected() {
		ClientLoops loops = new ClientLoops();
		loops.close();
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> loops.schedule(() -> {
		}, TimeUnit.SECONDS.toNanos(1))).withMessage("The timer has stopped");
	}

	@Test
	void aConnectionGoesToTheLoopWithTheFewest() throws Exception {
		List<ManagedChannel> channels = new ArrayList<>();
		try (ClientLoops loops = new ClientLoops(3); EchoServer server = EchoServer.start("a")) {
			try {
				List<String> loopsOf = new ArrayList<>();
				for (int i = 0; i < 6; i++) {
					channels.add(open(loops, server));
					loopsOf.add(loopOf(channels.get(i)));
				}
				assertThat(loopsOf.subList(0, 3)).doesNotHaveDuplicates();
				assertThat(loopsOf.subList(3, 6)).containsExactlyInAnyOrderElementsOf(loopsOf.subList(0, 3));
				channels.get(4).shutdownNow();
				assertThat(channels.get(4).awaitTermination(30, TimeUnit.SECONDS)).isTrue();
				channels.add(open(loops, server));
				assertThat(loopOf(channels.get(6))).isEqualTo(loopsOf.get(4));
			}
			finally {
				for (ManagedChannel channel : channels) {
					channel.shutdownNow();
					assertThat(channel.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
				}
			}
		}
	}

	private static ManagedChannel open(ClientLoops loops, EchoServer server) {
		NettyChannelBuilder builder = NettyChannelBuilder.forTarget(server.address()).usePlaintext().directExecutor();
		loops.applyTo(builder);
		return builder.build();
	}

	private static String loopOf(ManagedChannel channel) throws Exception {
		CompletableFuture<String> loop = new CompletableFuture<>();
		EchoGrpc.newStub(channel).withWaitForReady().unary(Ping.getDefaultInstance(), new StreamObserver<>() {

			@Override
			public void onNext(Pong answer) {
				loop.complete(Thread.currentThread().getName());
			}

			@Override
			public void onError(Throwable ex) {
				loop.completeExceptionally(ex);
			}

			@Override
			public void onCompleted() {
			}

		});
		return loop.get(10, TimeUnit.SECONDS);
	}

}
