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
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What {@code grpc.health.v1} says of services behind which something is not well.
 */
class ServiceHealthTests {

	private static final String ECHO = "rpc.testing.Echo";

	@Test
	void whenAServiceIsNotWellThenOnlyItIsNotServing() {
		try (TestServer server = TestServer.with(new EchoService("one")).start(); EchoClient client = server.client()) {
			server.lifecycle().serviceHealth(ECHO, false);
			assertThat(client.health(ECHO)).isEqualTo(ServingStatus.NOT_SERVING);
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			server.lifecycle().serviceHealth(ECHO, true);
			assertThat(client.health(ECHO)).isEqualTo(ServingStatus.SERVING);
		}
	}

	@Test
	void whenAServiceIsWellButTrafficIsRefusedThenItIsNotServing() {
		try (TestServer server = TestServer.with(new EchoService("one")).start(); EchoClient client = server.client()) {
			server.lifecycle().serviceHealth(ECHO, true);
			server.accepting(false);
			assertThat(client.health(ECHO)).isEqualTo(ServingStatus.NOT_SERVING);
		}
	}

	@Test
	void whenANameIsNoServiceThenOnlyWhatIsSaidOfItCounts() {
		try (TestServer server = TestServer.with(new EchoService("one")).start(); EchoClient client = server.client()) {
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> client.health("alive"))
				.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
			server.lifecycle().serviceHealth("alive", true);
			server.accepting(false);
			assertThat(client.health("alive")).isEqualTo(ServingStatus.SERVING);
		}
	}

	@Test
	void whenTheServerStartsAgainThenWhatWasSaidStillCounts() {
		try (TestServer server = TestServer.with(new EchoService("one")).build()) {
			server.lifecycle().serviceHealth(ECHO, false);
			server.lifecycle().start();
			server.accepting(true);
			server.lifecycle().stop();
			server.lifecycle().start();
			try (EchoClient client = server.client()) {
				assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
				assertThat(client.health(ECHO)).isEqualTo(ServingStatus.NOT_SERVING);
			}
		}
	}

	@Test
	void theServedServicesSayWhatTheirHealthSays() {
		try (TestServer server = TestServer.with(new EchoService("one")).reflection(false).build()) {
			assertThat(server.lifecycle().services()).isEmpty();
			assertThat(server.lifecycle().instance()).isNull();
			server.lifecycle().start();
			server.accepting(true);
			server.lifecycle().serviceHealth(ECHO, false);
			assertThat(server.lifecycle().services()).containsExactly(
					new ServedService("grpc.health.v1.Health", "",
							List.of(new ServedService.Method("Check", "UNARY"),
									new ServedService.Method("Watch", "SERVER_STREAMING"))),
					new ServedService(ECHO, "NOT_SERVING",
							List.of(new ServedService.Method("Bidi", "BIDI_STREAMING"),
									new ServedService.Method("ClientStream", "CLIENT_STREAMING"),
									new ServedService.Method("ServerStream", "SERVER_STREAMING"),
									new ServedService.Method("Unary", "UNARY"))));
		}
	}

}
