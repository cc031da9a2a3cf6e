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

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.grpc.MethodDescriptor;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.CallContext;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.TcpProxy;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler that blocks or computes on the only thread sees that its caller has gone: the
 * same through either dispatch, in unary calls and in streams.
 */
class CallerGoneTests {

	private static final String COMPUTE = "compute";

	private static final String BLOCK = "block";

	private final BusyEcho service = new BusyEcho();

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheCallerCancelsThenTheHandlerSeesIt(Dispatch dispatch) throws InterruptedException {
		assertSeen(dispatch, COMPUTE, Duration.ofSeconds(30), (call, proxy) -> call.cancel());
		assertSeen(dispatch, BLOCK, Duration.ofSeconds(30), (call, proxy) -> call.cancel());
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheConnectionIsCutThenTheHandlerSeesIt(Dispatch dispatch) throws InterruptedException {
		assertSeen(dispatch, COMPUTE, Duration.ofSeconds(30), (call, proxy) -> proxy.reset());
		assertSeen(dispatch, BLOCK, Duration.ofSeconds(30), (call, proxy) -> proxy.cut());
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheDeadlinePassesThenTheHandlerSeesItAlsoIfTheClientIsSilent(Dispatch dispatch)
			throws InterruptedException {
		assertSeen(dispatch, COMPUTE, Duration.ofMillis(500), (call, proxy) -> proxy.freeze());
		assertSeen(dispatch, BLOCK, Duration.ofMillis(500), (call, proxy) -> proxy.freeze());
	}

	private void assertSeen(Dispatch dispatch, String text, Duration timeout, Departure departure)
			throws InterruptedException {
		for (MethodDescriptor<Ping, Pong> method : new MethodDescriptor[] { EchoGrpc.getUnaryMethod(),
				EchoGrpc.getServerStreamMethod(), EchoGrpc.getBidiMethod() }) {
			this.service.reset();
			try (TestServer server = TestServer.with(this.service).pool(1, 10).dispatch(dispatch).start();
					TcpProxy proxy = new TcpProxy(URI.create("http://127.0.0.1:" + server.lifecycle().port()));
					EchoClient client = new EchoClient(proxy.endpoint().getPort())) {
				RawCall call = RawCall.start(client, method, timeout).send(text);
				if (method.getType().clientSendsOneMessage()) {
					call.halfClose();
				}
				assertThat(this.service.entered.await(10, TimeUnit.SECONDS)).isTrue();
				departure.happen(call, proxy);
				String seen = this.service.seen.orTimeout(10, TimeUnit.SECONDS).join();
				assertThat(seen).as(method.getFullMethodName())
					.isEqualTo(text.equals(BLOCK) ? "interrupted" : "cancelled");
			}
		}
	}

	private interface Departure {

		void happen(RawCall call, TcpProxy proxy);

	}

	/**
	 * Blocks or computes until the caller has gone.
	 */
	private static final class BusyEcho extends EchoService {

		private volatile CountDownLatch entered = new CountDownLatch(1);

		private volatile CompletableFuture<String> seen = new CompletableFuture<>();

		BusyEcho() {
			super("busy");
		}

		void reset() {
			this.entered = new CountDownLatch(1);
			this.seen = new CompletableFuture<>();
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responses) {
			this.entered.countDown();
			if (request.getText().equals(BLOCK)) {
				block();
			}
			else {
				while (!CallContext.isCancelled()) {
					LockSupport.parkNanos(1_000_000);
				}
				this.seen.complete("cancelled");
			}
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> responses) {
			unary(request, responses);
		}

		@Override
		public StreamObserver<Ping> bidi(StreamObserver<Pong> responses) {
			StreamObserver<Ping> echo = super.bidi(responses);
			return new StreamObserver<>() {
				@Override
				public void onNext(Ping value) {
					unary(value, responses);
				}

				@Override
				public void onError(Throwable ex) {
					echo.onError(ex);
				}

				@Override
				public void onCompleted() {
					echo.onCompleted();
				}
			};
		}

		private void block() {
			try (CallContext.Interruption ignored = CallContext.interruptOnCancel()) {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				this.seen.complete("interrupted");
			}
		}

	}

}
