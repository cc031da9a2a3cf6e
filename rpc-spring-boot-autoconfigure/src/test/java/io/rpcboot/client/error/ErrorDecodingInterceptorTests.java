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

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.rpcboot.client.attempt.AttemptEngine;
import io.rpcboot.client.attempt.AttemptTracing;
import io.rpcboot.client.attempt.CallReport;
import io.rpcboot.client.attempt.CallReport.Reason;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

	@ParameterizedTest
	@EnumSource(names = { "UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "UNKNOWN" })
	void whenTheCalleeFailsThenItIsDecodedAndTheReportOfTheAttemptsStays(Status.Code code) {
		this.server.failWith(code.toStatus().withDescription("no order"));
		IllegalStateException decoded = new IllegalStateException("decoded");
		StatusRuntimeException thrown = attempted((error) -> decoded);
		assertThat(thrown.getStatus().getCode()).isEqualTo(code);
		assertThat(thrown.getCause()).isSameAs(decoded);
		assertThat(CallReport.from(thrown).reason()).isEqualTo(Reason.MAY_HAVE_RUN);
	}

	@Test
	void whenNobodyDecodesAFailureOfTheCalleeThenItsReportIsTheCause() {
		this.server.failWith(Status.INTERNAL);
		StatusRuntimeException thrown = attempted((error) -> null);
		assertThat(CallReport.from(thrown.getCause()).reason()).isEqualTo(Reason.MAY_HAVE_RUN);
	}

	@Test
	void whenADecoderHasOneExceptionForAllCallsThenNothingIsAddedToItAndNoCallHasTheReportOfAnother() {
		this.server.failWith(Status.INTERNAL);
		IllegalStateException shared = new IllegalStateException("shared");
		for (int i = 0; i < 3; i++) {
			StatusRuntimeException thrown = attempted((error) -> shared);
			assertThat(thrown.getCause()).isSameAs(shared);
			assertThat(CallReport.from(thrown) != null).isEqualTo(i == 0);
		}
		assertThat(shared.getSuppressed()).hasSize(1);
	}

	@Test
	void whenAnAttemptedCallFailsInThisProcessThenItKeepsItsCause() {
		this.server.close();
		AtomicInteger asked = new AtomicInteger();
		StatusRuntimeException thrown = attempted((error) -> {
			asked.incrementAndGet();
			return new IllegalStateException("decoded");
		});
		assertThat(thrown.getCause().getCause()).isInstanceOf(IOException.class);
		assertThat(CallReport.from(thrown)).isNotNull();
		assertThat(asked).hasValue(0);
	}

	/**
	 * A call as that of a reference, whose failures carry a report.
	 */
	private StatusRuntimeException attempted(RpcErrorDecoder decoder) {
		AttemptEngine engine = new AttemptEngine(null, false, (headers, options) -> {
		}, (task, delayNanos) -> {
			throw new AssertionError("waits for " + delayNanos);
		});
		Channel attempts = ClientInterceptors.intercept(this.channel, new AttemptTracing(), engine.interceptor("echo"),
				new ErrorDecodingInterceptor(List.of(decoder)));
		return catchThrowableOfType(StatusRuntimeException.class,
				() -> EchoGrpc.newBlockingStub(attempts).unary(Ping.getDefaultInstance()));
	}

	private StatusRuntimeException call(RpcErrorDecoder... decoders) {
		return catchThrowableOfType(StatusRuntimeException.class,
				() -> EchoGrpc.newBlockingStub(decoding(decoders)).unary(Ping.getDefaultInstance()));
	}

	private Channel decoding(RpcErrorDecoder... decoders) {
		return ClientInterceptors.intercept(this.channel, new ErrorDecodingInterceptor(List.of(decoders)));
	}

}
