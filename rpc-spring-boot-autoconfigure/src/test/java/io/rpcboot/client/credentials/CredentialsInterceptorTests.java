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

package io.rpcboot.client.credentials;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.CallCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.rpcboot.call.AuthorizationHeader;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link CredentialsInterceptor}, with a real server and a token of a source.
 */
class CredentialsInterceptorTests {

	private final EchoServer server = EchoServer.start("a");

	private final ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", this.server.port())
		.usePlaintext()
		.build();

	private final AtomicInteger made = new AtomicInteger();

	private volatile Instant now = Instant.parse("2026-11-21T10:00:00Z");

	private final TokenCache tokens = new TokenCache("the test",
			() -> new AccessToken("token-" + this.made.incrementAndGet(), null), Runnable::run, () -> this.now);

	private final CallCredentials credentials = new FetchedCredentials("a", true, this.tokens);

	private final EchoBlockingStub echo = EchoGrpc.newBlockingStub(ClientInterceptors.intercept(this.channel,
			new CredentialsInterceptor(() -> this.credentials, this.tokens::refused)));

	@AfterEach
	void close() {
		this.channel.shutdownNow();
		this.server.close();
	}

	@Test
	void whenAServerRefusesATokenThenTheNextCallHasAnotherOne() {
		assertThat(headerOf(this.echo)).isEqualTo("Bearer token-1");
		this.now = this.now.plusSeconds(60);
		this.server.failWith(Status.UNAUTHENTICATED);
		assertThat(catchThrowableOfType(RuntimeException.class, () -> this.echo.unary(EchoClient.ping("x"))))
			.isNotNull();
		assertThat(this.server.nextHeaders().get(AuthorizationHeader.KEY)).isEqualTo("Bearer token-1");
		this.server.failWith(null);
		assertThat(headerOf(this.echo)).isEqualTo("Bearer token-2");
	}

	@Test
	void whenACallFailsOtherwiseThenItsTokenIsKept() {
		assertThat(headerOf(this.echo)).isEqualTo("Bearer token-1");
		this.now = this.now.plusSeconds(60);
		this.server.failWith(Status.PERMISSION_DENIED);
		assertThat(catchThrowableOfType(RuntimeException.class, () -> this.echo.unary(EchoClient.ping("x"))))
			.isNotNull();
		this.server.nextHeaders();
		this.server.failWith(null);
		assertThat(headerOf(this.echo)).isEqualTo("Bearer token-1");
	}

	@Test
	void whenACallBringsItsOwnCredentialsThenThoseAreSent() {
		CallCredentials own = new HeaderCredentials("a", true, "Bearer own");
		assertThat(headerOf(this.echo.withCallCredentials(own))).isEqualTo("Bearer own");
		assertThat(this.made).hasValue(0);
	}

	private @Nullable String headerOf(EchoBlockingStub stub) {
		stub.unary(EchoClient.ping("x"));
		Metadata headers = this.server.nextHeaders();
		return headers.get(AuthorizationHeader.KEY);
	}

}
