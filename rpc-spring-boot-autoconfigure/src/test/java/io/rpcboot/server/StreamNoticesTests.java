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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.stub.StreamObserver;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.server.stream.StreamGuard;
import io.rpcboot.server.stream.StreamNotice;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DrainNotice} and the drain of {@link StreamGuard}.
 */
class StreamNoticesTests {

	private final NoticedEcho service = new NoticedEcho();

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheServerStopsThenAStreamIsToldAndCanSayGoodbye(Dispatch dispatch) {
		assertToldGoodbye(this.service, dispatch);
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheServerStopsThenAStreamOfANonBlockingServiceIsToldToo(Dispatch dispatch) {
		assertToldGoodbye(new LoopNoticedEcho(), dispatch);
	}

	private static void assertToldGoodbye(NoticedEcho service, Dispatch dispatch) {
		TestServer server = TestServer.with(service).dispatch(dispatch).start();
		try (EchoClient client = server.client(); CapturedLog log = new CapturedLog(ServerDrain.class)) {
			OpenStream stream = OpenStream.open(client, "goodbye");
			assertThat(service.notices).extracting(DrainNotice::isDraining).containsExactly(false);
			server.close();
			assertThat(service.notices).extracting(DrainNotice::isDraining).containsExactly(true);
			assertThat(stream.awaitEnd()).containsExactly("goodbye", "bye", OpenStream.COMPLETED);
			assertThat(log.messages()).last().asString().endsWith(" 0 cut off at the end");
		}
	}

	@Test
	void whenTheActionOfOneStreamThrowsThenTheOthersAreStillTold() {
		TestServer server = TestServer.with(this.service).start();
		try (EchoClient client = server.client(); CapturedLog log = new CapturedLog(StreamGuard.class)) {
			OpenStream failing = OpenStream.open(client, "throw");
			OpenStream fine = OpenStream.open(client, "goodbye");
			server.lifecycle().stop(() -> {
			});
			assertThat(fine.awaitEnd()).containsExactly("goodbye", "bye", OpenStream.COMPLETED);
			// Which of the two is told first is open.
			Awaitility.await()
				.untilAsserted(() -> assertThat(log.messages())
					.containsExactly("The action of a stream on the notice DRAINING failed"));
			failing.complete().awaitEnd();
		}
		finally {
			server.close();
		}
	}

	@Test
	void whenAnActionIsSetWhileDrainingThenItRunsAtOnce() {
		List<String> ran = new CopyOnWriteArrayList<>();
		try (TestServer server = TestServer.with(this.service).start(); EchoClient client = server.client()) {
			OpenStream stream = OpenStream.open(client, "none");
			DrainNotice notice = this.service.notices.get(0);
			notice.onDrain(() -> ran.add("first"));
			notice.onDrain(() -> ran.add("second"));
			server.lifecycle().stop(() -> {
			});
			Awaitility.await().until(notice::isDraining);
			Awaitility.await().untilAsserted(() -> assertThat(ran).containsExactly("second"));
			notice.onDrain(() -> ran.add("third"));
			notice.onDrain(null);
			assertThat(ran).containsExactly("second", "third");
			stream.complete();
		}
	}

	@Test
	void whenACallIsUnaryThenItsNoticeNeverFires() {
		try (TestServer server = TestServer.with(this.service).start(); EchoClient client = server.client()) {
			client.unary("hello");
			assertThat(this.service.notices).containsExactly(DrainNotice.current());
		}
		assertThat(DrainNotice.current().isDraining()).isFalse();
		assertThat(StreamNotice.current().isGiven(StreamNotice.Reason.DRAINING)).isFalse();
	}

	@Test
	void whenAStreamHasEndedThenItIsNotToldAnyMore() {
		try (TestServer server = TestServer.with(this.service).start(); EchoClient client = server.client()) {
			OpenStream stream = OpenStream.open(client, "goodbye");
			stream.complete().awaitEnd();
			// Another call over the same connection: the server has closed the stream.
			client.unary("hello");
		}
		assertThat(this.service.notices.get(0).isDraining()).isFalse();
	}

	/**
	 * Keeps the notices of its calls, and sets the action that the first message asks
	 * for.
	 */
	private static class NoticedEcho extends EchoService {

		private final List<DrainNotice> notices = new CopyOnWriteArrayList<>();

		NoticedEcho() {
			super("noticed");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			this.notices.add(DrainNotice.current());
			super.unary(request, responseObserver);
		}

		@Override
		public StreamObserver<Ping> bidi(StreamObserver<Pong> responseObserver) {
			DrainNotice notice = DrainNotice.current();
			this.notices.add(notice);
			StreamObserver<Ping> echo = super.bidi(responseObserver);
			return new StreamObserver<>() {
				@Override
				public void onNext(Ping value) {
					switch (value.getText()) {
						case "goodbye" -> notice.onDrain(() -> {
							responseObserver.onNext(pong("bye"));
							responseObserver.onCompleted();
						});
						case "throw" -> notice.onDrain(() -> {
							throw new IllegalStateException("no goodbye");
						});
						default -> notice.onDrain(null);
					}
					echo.onNext(value);
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

	}

	@NonBlocking
	private static final class LoopNoticedEcho extends NoticedEcho {

	}

}
