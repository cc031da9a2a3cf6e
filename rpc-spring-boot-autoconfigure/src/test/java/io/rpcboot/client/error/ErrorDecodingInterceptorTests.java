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

package io.rpcboot.client.error;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link ErrorDecodingInterceptor}.
 */
class ErrorDecodingInterceptorTests {

	private final EchoServer server = EchoServer.start("one");

	private final ManagedChannel channel = NettyChannelBuilder.forTarget(this.server.address()).usePlaintext().build();

	@AfterEach
	void close() {
		this.channel.shutdownNow();
		this.server.close();
	}

	@Test
	void theFirstExceptionIsTheCauseAndTheStatusStays() {
		this.server.failWith(Status.NOT_FOUND.withDescription("no order"));
		IllegalStateException first = new IllegalStateException("first");
		StatusRuntimeException thrown = call((error) -> null, (error) -> first,
				(error) -> new IllegalStateException("second"));
		assertThat(thrown).hasCause(first).hasMessage("NOT_FOUND: no order");
		assertThat(thrown.getStatus().getCause()).isSameAs(first);
	}

	@Test
	void whenNobodyDecodesAnErrorThenItIsAsItWas() {
		this.server.failWith(Status.NOT_FOUND);
		assertThat(call((error) -> null)).hasNoCause();
	}

	@Test
	void whenADecoderThrowsThenTheNextIsAsked() {
		this.server.failWith(Status.NOT_FOUND);
		IllegalStateException second = new IllegalStateException("second");
		assertThat(call((error) -> {
			throw new IllegalArgumentException("cannot decode");
		}, (error) -> second)).hasCause(second);
	}

	@Test
	void whenACallEndsWellThenNobodyIsAsked() {
		AtomicInteger asked = new AtomicInteger();
		assertThat(EchoGrpc.newBlockingStub(decoding((error) -> {
			asked.incrementAndGet();
			return null;
		})).unary(Ping.newBuilder().setText("fine").build()).getText()).isEqualTo("fine");
		assertThat(asked).hasValue(0);
	}

	@Test
	void whenAFailureIsOfThisProcessThenItKeepsItsCause() {
		this.server.close();
		AtomicInteger asked = new AtomicInteger();
		StatusRuntimeException thrown = call((error) -> {
			asked.incrementAndGet();
			return new IllegalStateException("decoded");
		});
		assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(thrown.getCause()).isNotNull().isNotInstanceOf(IllegalStateException.class);
		assertThat(asked).hasValue(0);
	}

	private StatusRuntimeException call(RpcErrorDecoder... decoders) {
		return catchThrowableOfType(StatusRuntimeException.class,
				() -> EchoGrpc.newBlockingStub(decoding(decoders)).unary(Ping.getDefaultInstance()));
	}

	private Channel decoding(RpcErrorDecoder... decoders) {
		return ClientInterceptors.intercept(this.channel, new ErrorDecodingInterceptor(List.of(decoders)));
	}

}
