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
import java.util.concurrent.Executor;
import java.util.function.Function;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ServerDispatch}: what is settled of a method before its calls come,
 * whatever is set first.
 */
class ServerDispatchTests {

	private static final String ECHO = "rpc.testing.Echo";

	private static final MethodDescriptor<Ping, Pong> UNARY = EchoGrpc.getUnaryMethod();

	private final List<String> asked = new ArrayList<>();

	private final ServerDispatch dispatch = new ServerDispatch(thread("handlers"), false, new AskedAdmission(),
			new Untouched());

	private final ServerServiceDefinition echo = new EchoService("echo").bindService();

	@Test
	void whenNothingIsSetThenACallAsksTheAdmissionAloneAndRunsOnTheHandlers() {
		this.dispatch.serve(this.echo);
		assertThat(run(UNARY)).containsExactly("admission", "handlers");
	}

	@Test
	void whenAnswersOfAMethodAreKnownThenOnlyItsCallsAskForThem() {
		this.dispatch.answerKnown(UNARY.getFullMethodName(), known(null));
		this.dispatch.serve(this.echo);
		assertThat(run(UNARY)).containsExactly("known", "admission", "handlers");
		assertThat(run(EchoGrpc.getServerStreamMethod())).containsExactly("admission", "handlers");
	}

	@Test
	void whenTheAnswerOfACallIsKnownThenItNeedsNeitherAdmissionNorPermit() {
		this.dispatch.answerKnown(UNARY.getFullMethodName(), known(thread("answers")));
		this.dispatch.limit(UNARY.getFullMethodName(), new AskedGate());
		assertThat(run(UNARY)).containsExactly("known", "answers");
	}

	@Test
	void whenAMethodIsLimitedThenOnlyItsCallsNeedPermits() {
		this.dispatch.limit(UNARY.getFullMethodName(), new AskedGate());
		this.dispatch.serve(this.echo);
		assertThat(ask(UNARY)).containsExactly("admission", "gate");
		assertThat(ask(EchoGrpc.getServerStreamMethod())).containsExactly("admission");
	}

	@Test
	void whenAServiceIsRoutedBeforeOrAfterItsMethodsAreSettledThenBothHold() {
		this.dispatch.route(ECHO, thread("own"));
		assertThat(run(UNARY)).containsExactly("own");
		this.dispatch.answerKnown(UNARY.getFullMethodName(), known(null));
		assertThat(run(UNARY)).containsExactly("known", "own");
		this.dispatch.route(thread("pool"), new AskedAdmission(), List.of(ECHO));
		assertThat(run(UNARY)).containsExactly("known", "admission", "pool");
	}

	@Test
	void whenAServiceIsRoutedThenOthersAreNot() {
		this.dispatch.serve(this.echo);
		this.dispatch.route("rpc.testing", thread("own"));
		this.dispatch.routeOnEventLoop("rpc.testing.Ech", thread("loop"));
		assertThat(run(UNARY)).containsExactly("admission", "handlers");
	}

	@Test
	void whenAServiceRunsOnTheEventLoopThenNothingIsAskedUnlessItIsLimited() {
		this.dispatch.routeOnEventLoop(ECHO, thread("loop"));
		this.dispatch.answerKnown(UNARY.getFullMethodName(), known(null));
		this.dispatch.serve(this.echo);
		assertThat(run(UNARY)).containsExactly("loop");
		this.dispatch.limit(UNARY.getFullMethodName(), new AskedGate());
		assertThat(ask(UNARY)).containsExactly("known", "gate");
	}

	@Test
	void whenAServiceMovesToTheHandlersThenWhatElseIsSettledOfItsMethodsStays() {
		this.dispatch.routeOnEventLoop(ECHO, thread("loop"));
		this.dispatch.limit(UNARY.getFullMethodName(), new AskedGate());
		this.dispatch.serve(this.echo);
		this.dispatch.moveToHandlers(this.echo);
		assertThat(ask(UNARY)).containsExactly("admission", "gate");
		assertThat(run(EchoGrpc.getServerStreamMethod())).containsExactly("admission", "handlers");
	}

	@Test
	void whenNothingWasToldOfAMethodThenItsServiceDecides() {
		this.dispatch.route("fallback.Echo", thread("own"));
		this.dispatch.serve(this.echo);
		assertThat(run(UNARY.toBuilder().setFullMethodName("fallback.Echo/Any").build())).containsExactly("own");
		assertThat(run(UNARY.toBuilder().setFullMethodName("other.Echo/Any").build())).containsExactly("admission",
				"handlers");
	}

	/**
	 * Returns what a call asks before it is handed over.
	 */
	private List<String> ask(MethodDescriptor<Ping, Pong> method) {
		this.asked.clear();
		this.dispatch.getExecutor(new AskingCall(method), new Metadata());
		return this.asked;
	}

	/**
	 * Returns what a call asks, and where it runs.
	 */
	private List<String> run(MethodDescriptor<Ping, Pong> method) {
		this.asked.clear();
		this.dispatch.getExecutor(new AskingCall(method), new Metadata()).execute(() -> {
		});
		return this.asked;
	}

	private Executor thread(String name) {
		return (task) -> {
			this.asked.add(name);
			task.run();
		};
	}

	private Function<Metadata, @Nullable Executor> known(@Nullable Executor answering) {
		return (headers) -> {
			this.asked.add("known");
			return answering;
		};
	}

	private final class AskedAdmission implements Admission {

		@Override
		public @Nullable Status admit(MethodDescriptor<?, ?> method, Metadata headers, int waiting) {
			ServerDispatchTests.this.asked.add("admission");
			return null;
		}

		@Override
		public Status rejected(MethodDescriptor<?, ?> method) {
			return Status.RESOURCE_EXHAUSTED;
		}

	}

	private final class AskedGate implements CallGate {

		@Override
		public @Nullable Status look(Metadata headers) {
			ServerDispatchTests.this.asked.add("gate");
			return null;
		}

		@Override
		public void enter(GatedCall call) {
			throw new AssertionError("not handed over");
		}

	}

	private static final class Untouched implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			return next.startCall(call, headers);
		}

	}

	/**
	 * A call whose headers have come.
	 */
	private static final class AskingCall extends ServerCall<Ping, Pong> {

		private final MethodDescriptor<Ping, Pong> method;

		AskingCall(MethodDescriptor<Ping, Pong> method) {
			this.method = method;
		}

		@Override
		public MethodDescriptor<Ping, Pong> getMethodDescriptor() {
			return this.method;
		}

		@Override
		public Attributes getAttributes() {
			return Attributes.EMPTY;
		}

		@Override
		public void request(int messages) {
		}

		@Override
		public void sendHeaders(Metadata headers) {
		}

		@Override
		public void sendMessage(Pong message) {
		}

		@Override
		public void close(Status status, Metadata trailers) {
		}

		@Override
		public boolean isCancelled() {
			return false;
		}

	}

}
