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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The services that every server has: {@code grpc.health.v1} and reflection.
 */
class HealthAndReflectionTests {

	@Test
	void whenAServiceIsUnknownThenItsHealthIsNotFound() {
		try (TestServer server = TestServer.with(new EchoService("one")).start(); EchoClient client = server.client()) {
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> client.health("no.such.Service"))
				.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
		}
	}

	@Test
	void whenReadinessChangesThenAWatchSeesEachChange() {
		try (TestServer server = TestServer.with(new EchoService("one")).start(); EchoClient client = server.client()) {
			List<ServingStatus> statuses = new CopyOnWriteArrayList<>();
			client.watchHealth("rpc.testing.Echo", statuses);
			Awaitility.await().until(() -> statuses.size() == 1);
			server.accepting(false);
			Awaitility.await().until(() -> statuses.size() == 2);
			server.accepting(true);
			Awaitility.await().until(() -> statuses.size() == 3);
			assertThat(statuses).containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING,
					ServingStatus.SERVING);
		}
	}

	@Test
	void whenAUserServesHealthHimselfThenHisIsServed() {
		HealthGrpc.HealthImplBase own = new HealthGrpc.HealthImplBase() {
			@Override
			public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> responseObserver) {
				responseObserver.onNext(HealthCheckResponse.newBuilder().setStatus(ServingStatus.UNKNOWN).build());
				responseObserver.onCompleted();
			}
		};
		try (TestServer server = TestServer.with(new EchoService("one"), own).start();
				EchoClient client = server.client()) {
			assertThat(client.health("anything")).isEqualTo(ServingStatus.UNKNOWN);
		}
	}

	@Test
	void whenReflectionIsOnThenItListsTheServices() throws Exception {
		try (TestServer server = TestServer.with(new EchoService("one")).start(); EchoClient client = server.client()) {
			assertThat(reflect(client).get(10, TimeUnit.SECONDS)).containsExactlyInAnyOrder("rpc.testing.Echo",
					"grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection");
		}
	}

	@Test
	void whenReflectionIsOffThenItIsUnimplemented() {
		try (TestServer server = TestServer.with(new EchoService("one")).reflection(false).start();
				EchoClient client = server.client()) {
			assertThat(reflect(client)).failsWithin(10, TimeUnit.SECONDS)
				.withThrowableThat()
				.withMessageContaining("UNIMPLEMENTED");
		}
	}

	private static CompletableFuture<List<String>> reflect(EchoClient client) {
		CompletableFuture<List<String>> services = new CompletableFuture<>();
		StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(client.channel())
			.serverReflectionInfo(new StreamObserver<>() {
				@Override
				public void onNext(ServerReflectionResponse value) {
					services.complete(value.getListServicesResponse()
						.getServiceList()
						.stream()
						.map((service) -> service.getName())
						.toList());
				}

				@Override
				public void onError(Throwable ex) {
					services.completeExceptionally(ex);
				}

				@Override
				public void onCompleted() {
					services.completeExceptionally(new IllegalStateException("no answer"));
				}
			});
		requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
		requests.onCompleted();
		return services;
	}

}
