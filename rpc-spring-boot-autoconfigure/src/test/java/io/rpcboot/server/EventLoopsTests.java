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

import io.grpc.Status;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link EventLoops}: a server has its own, and leaves none behind.
 */
class EventLoopsTests {

	@Test
	void whenTheServerStopsThenItsLoopsEndAndTheNextStartHasNewOnes() {
		try (TestServer server = TestServer.with(new EchoService("one")).start()) {
			for (int i = 0; i < 3; i++) {
				try (EchoClient client = server.client()) {
					assertThat(client.unary("").code()).isEqualTo(Status.Code.OK);
				}
				assertThat(loops()).isNotEmpty().allMatch(Thread::isDaemon);
				server.lifecycle().stop();
				Awaitility.await().until(() -> loops().isEmpty());
				server.lifecycle().start();
			}
		}
	}

	@Test
	void whenTheStartFailsThenNoLoopIsLeft() {
		try (TestServer first = TestServer.with(new EchoService("one")).start()) {
			List<Thread> before = loops();
			TestServer second = TestServer.with(new EchoService("two")).port(first.lifecycle().port()).build();
			assertThatExceptionOfType(PortInUseException.class).isThrownBy(() -> second.lifecycle().start());
			Awaitility.await().until(() -> before.containsAll(loops()));
		}
	}

	private static List<Thread> loops() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("rpc-server-loop-"))
			.toList();
	}

}
