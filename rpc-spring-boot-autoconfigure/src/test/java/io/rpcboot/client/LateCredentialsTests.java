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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.client.RpcClientSettings.Callbacks;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.InMemoryDiscovery;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Calls that end while their credentials are still fetched.
 */
class LateCredentialsTests {

	private final EchoServer server = EchoServer.start("a");

	private final RpcChannels channels = new RpcChannels(
			new RpcClientSettings("consumer",
					new RpcClientSettings.Defaults(Duration.ofSeconds(5), null, "p2c", 4_194_304),
					Map.of("echo",
							new Reference(null, null, null, null, null, List.of(this.server.address()), Map.of())),
					Map.of(), new Callbacks(2, null)),
			SubsetSettings.NONE, new InMemoryDiscovery(), BalancerContext.standard(), List.of(), List.of());

	private final EchoGrpc.EchoFutureStub echo = EchoGrpc
		.newFutureStub(this.channels.channel("echo", "p2c", false, false));

	@AfterEach
	void close() {
		this.channels.close();
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTheyComeAfterTheEndThenNoCallIsInFlight(boolean cancelled) throws Exception {
		this.echo.unary(Ping.getDefaultInstance()).get(30, TimeUnit.SECONDS);
		LateToken token = new LateToken();
		ListenableFuture<Pong> call = this.echo.withCallCredentials(token)
			.withDeadlineAfter(Duration.ofMillis(cancelled ? 60_000 : 500))
			.unary(Ping.getDefaultInstance());
		CallCredentials.MetadataApplier applier = token.applier.get(30, TimeUnit.SECONDS);
		if (cancelled) {
			call.cancel(true);
		}
		else {
			assertThat(catchThrowableOfType(ExecutionException.class, () -> call.get(30, TimeUnit.SECONDS)))
				.satisfies((failure) -> assertThat(Status.fromThrowable(failure).getCode())
					.isEqualTo(Status.Code.DEADLINE_EXCEEDED));
		}
		applier.apply(new Metadata());
		Awaitility.await().until(() -> inFlight() == 0);
		assertThat(this.echo.unary(Ping.getDefaultInstance()).get(30, TimeUnit.SECONDS).getServer()).isEqualTo("a");
	}

	@Test
	void whenTheyComeInTimeThenTheCallIsInFlightUntilItsAnswer() throws Exception {
		LateToken token = new LateToken();
		ListenableFuture<Pong> call = this.echo.withCallCredentials(token)
			.unary(Ping.newBuilder().setText(EchoServer.HOLD).build());
		token.applier.get(30, TimeUnit.SECONDS).apply(new Metadata());
		this.server.awaitHeld();
		assertThat(inFlight()).isOne();
		this.server.release();
		assertThat(call.get(30, TimeUnit.SECONDS).getServer()).isEqualTo("a");
		Awaitility.await().until(() -> inFlight() == 0);
	}

	private int inFlight() throws Exception {
		return this.channels.explain("echo", CallRoute.NONE, null)
			.get(0)
			.get(30, TimeUnit.SECONDS)
			.instances()
			.get(0)
			.inFlight();
	}

	/**
	 * Is fetched by another thread, which takes long.
	 */
	private static final class LateToken extends CallCredentials {

		private final CompletableFuture<MetadataApplier> applier = new CompletableFuture<>();

		@Override
		public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier newApplier) {
			this.applier.complete(newApplier);
		}

	}

}
