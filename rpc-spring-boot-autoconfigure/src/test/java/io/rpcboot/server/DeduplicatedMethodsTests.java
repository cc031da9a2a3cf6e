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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.RpcServerSettings.Deduplication;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.server.dedup.DeduplicationStore;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DeduplicatedMethods}: what marks a method, and what cannot be marked.
 */
class DeduplicatedMethodsTests {

	private static final String UNARY = "rpc.testing.Echo/Unary";

	private static final String ECHO = "rpc.testing.Echo";

	@Test
	void whenTheAnnotationOrAPropertyMarksAMethodOrItsServiceThenIdsAreHonoured() {
		assertDeduplicated(new CountedEcho(), List.of());
		assertDeduplicated(new MarkedService(), List.of());
		assertDeduplicated(new EchoService("plain"), List.of(UNARY));
		assertDeduplicated(new EchoService("plain"), List.of(ECHO));
	}

	@Test
	void whenAnotherInstanceMayRunItThenALaterAttemptOfAnotherInstanceDoes() {
		assertThat(otherInstance(new CountedEcho(), List.of())).isEqualTo(Status.Code.ABORTED);
		assertThat(otherInstance(new CountedEcho(), List.of(UNARY))).isEqualTo(Status.Code.OK);
		assertThat(otherInstance(new CountedEcho(), List.of(ECHO))).isEqualTo(Status.Code.OK);
		assertThat(otherInstance(new MarkedService(), List.of())).isEqualTo(Status.Code.OK);
	}

	@Test
	void whenTheClientAllowsTheSameInstanceOnlyThenAnotherThatHasTakenItsAddressDoesNotRunIt() {
		MarkedService service = new MarkedService();
		Metadata headers = RequestHeaders.later("r-1", 10, "another");
		headers.put(RpcMetadata.SAME_INSTANCE, RpcMetadata.SET);
		try (TestServer server = TestServer.with(service).start(); EchoClient client = server.client()) {
			assertThat(call(client, headers).code()).isEqualTo(Status.Code.ABORTED);
		}
	}

	@Test
	void whenAMethodIsNotMarkedThenAnAttemptThatMayHaveRunBeforeDoesNotRunAgain() {
		try (TestServer server = TestServer.with(new EchoService("plain")).start();
				EchoClient client = server.client()) {
			assertThat(call(client, RequestHeaders.first("r-1")).code()).isEqualTo(Status.Code.OK);
			Reply<Pong> later = call(client, RequestHeaders.later("r-1", 10, "another"));
			assertThat(later.code()).isEqualTo(Status.Code.ABORTED);
			assertThat(later.status().getDescription()).isEqualTo("The call may have run, and is not run again: "
					+ "rpc.testing.Echo/Unary is not deduplicated here (rpc.server.deduplication.methods)");
			assertThat(later.trailers().containsKey(RpcMetadata.NOT_EXECUTED)).isFalse();
			assertThat(call(client, RequestHeaders.later("r-1", 10, "")).code()).as("surely ran nowhere")
				.isEqualTo(Status.Code.OK);
		}
	}

	@Test
	void whenTheStoreIsABeanThenItOutlivesTheServer() {
		CountedEcho service = new CountedEcho();
		try (TestServer server = TestServer.with(service, DeduplicationStore.inMemory(1 << 20, Duration.ofSeconds(60)))
			.start()) {
			Reply<Pong> first;
			try (EchoClient client = server.client()) {
				first = call(client, RequestHeaders.first("r-1"));
			}
			server.lifecycle().stop();
			server.lifecycle().start();
			try (EchoClient client = server.client()) {
				String before = first.headers().get(RpcMetadata.INSTANCE);
				Reply<Pong> again = call(client, RequestHeaders.later("r-1", 10, before));
				assertThat(again.messages()).isEqualTo(first.messages());
				assertThat(again.headers().get(RpcMetadata.INSTANCE)).isNotEqualTo(before);
			}
			assertThat(service.runs).hasSize(1);
		}
	}

	@Test
	void whenTheExecutorOfTheServiceRejectsThenAKnownCallIsAnsweredAllTheSame() {
		ExecutorEcho service = new ExecutorEcho();
		ThreadPoolExecutor one = new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(8),
				new ThreadPoolExecutor.AbortPolicy());
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("service", service);
		beans.addBean("one", one);
		try (TestServer server = TestServer.in(beans).dispatch(Dispatch.ONE_HOP).start();
				EchoClient client = server.client()) {
			Reply<Pong> first = call(client, RequestHeaders.first("r-1"));
			CompletableFuture<Reply<Pong>> running = client.unaryAsync("wait");
			service.awaitRuns(2);
			while (one.getQueue().offer(() -> {
			})) {
				// Until there is no room, whatever has come from the first call
				// meanwhile.
			}
			assertThat(client.unary("refused").code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(call(client, RequestHeaders.first("r-1")).messages()).isEqualTo(first.messages());
			service.open("wait");
			assertThat(running.join().code()).isEqualTo(Status.Code.OK);
		}
		finally {
			one.shutdownNow();
		}
	}

	@Test
	void whenAMarkedMethodIsAStreamOrNoneThenTheStartFailsAndSaysSo() {
		String unary = " (expected: a unary method, since only one answer can be told again)";
		fails(new MarkedStream(), List.of(), List.of(),
				"@Deduplicated on MarkedStream.serverStream: rpc.testing.Echo/ServerStream is SERVER_STREAMING"
						+ unary);
		fails(new MarkedHelper(), List.of(), List.of(),
				"@Deduplicated on MarkedHelper.helper implements no method of the service (expected: one of "
						+ "[Unary, ServerStream, ClientStream, Bidi])");
		EchoService plain = new EchoService("plain");
		String property = "rpc.server.deduplication.methods: ";
		fails(plain, List.of("rpc.testing.Echo/Bidi"), List.of(),
				property + "'rpc.testing.Echo/Bidi': rpc.testing.Echo/Bidi is BIDI_STREAMING" + unary);
		fails(plain, List.of("rpc.testing.Echo/Unari"), List.of(), property + "'rpc.testing.Echo/Unari' is no method "
				+ "that is served (expected: <service>/<method> of [rpc.testing.Echo])");
		fails(plain, List.of("rpc.testing.Ecco"), List.of(),
				property + "'rpc.testing.Ecco' means no unary method that is served (expected: of [rpc.testing.Echo])");
		fails(plain, List.of(), List.of(UNARY), "rpc.server.deduplication.other-instances: 'rpc.testing.Echo/Unary' "
				+ "is not deduplicated (expected: one of [], or their services)");
	}

	private static void fails(EchoService service, List<String> methods, List<String> otherInstances, String message) {
		TestServer server = TestServer.with(service).deduplication(settings(methods, otherInstances)).build();
		assertThatExceptionOfType(RpcServerException.class).isThrownBy(() -> server.lifecycle().start())
			.withMessage(message)
			.satisfies((ex) -> assertThat(ex.action())
				.isEqualTo("Deduplicate unary methods of this server's services only: by @Deduplicated, or by"
						+ " rpc.server.deduplication.methods:\n\n"
						+ "    rpc.server.deduplication.methods=demo.Greeter/SayHello"));
	}

	private static void assertDeduplicated(EchoService service, List<String> methods) {
		try (TestServer server = TestServer.with(service).deduplication(settings(methods, List.of())).start();
				EchoClient client = server.client()) {
			call(client, RequestHeaders.first("r-1"));
			call(client, RequestHeaders.first("r-1"));
			assertThat(server.lifecycle().deduplication()).isNotNull().satisfies((statistics) -> {
				assertThat(statistics.executed()).isOne();
				assertThat(statistics.replayed()).isOne();
			});
		}
	}

	private static Status.Code otherInstance(EchoService service, List<String> otherInstances) {
		try (TestServer server = TestServer.with(service).deduplication(settings(List.of(), otherInstances)).start();
				EchoClient client = server.client()) {
			return call(client, RequestHeaders.later("r-1", 10, "another")).code();
		}
	}

	private static Reply<Pong> call(EchoClient client, Metadata headers) {
		return client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping("hello")).join();
	}

	private static Deduplication settings(List<String> methods, List<String> otherInstances) {
		return new Deduplication(methods, otherInstances, 1 << 20, Duration.ofSeconds(60), Duration.ofSeconds(60));
	}

	@Deduplicated(otherInstances = true)
	private static final class MarkedService extends EchoService {

		MarkedService() {
			super("marked");
		}

	}

	@RpcService(executor = "one")
	private static final class ExecutorEcho extends CountedEcho {

	}

	private static final class MarkedStream extends EchoService {

		MarkedStream() {
			super("marked");
		}

		@Override
		@Deduplicated
		public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
			super.serverStream(request, responseObserver);
		}

	}

	private static final class MarkedHelper extends EchoService {

		MarkedHelper() {
			super("marked");
		}

		@Deduplicated
		void helper() {
		}

	}

}
