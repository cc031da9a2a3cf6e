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

package io.rpcboot.system;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.grpc.testing.StreamRecorder;
import io.rpcboot.client.RpcReference;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import io.rpcboot.testing.echo.EchoGrpc.EchoStub;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint {@code rpc} of running applications, one that calls and others that are
 * called, asked and told over HTTP.
 */
class EndpointOverHttpTests {

	private static final String INJECTED = "references/0/injected/0/";

	private static final String INSTANCES = "references/0/channels/0/instances/";

	private final String namespace = "endpoint-" + UUID.randomUUID();

	@TempDir
	private Path directory;

	@Test
	void tellsWhatIsServedAndHowItIsRegistered() {
		try (WebApplication callee = callee("a", "rpc.registry.instance.zone=az1", "rpc.registry.instance.version=1.2",
				"rpc.registry.instance.weight=70", "rpc.registry.instance.tags.lane=blue")) {
			Awaitility.await().until(() -> "REGISTERED".equals(callee.get("rpc").at("server/registration/state")));
			HttpAnswer all = callee.get("rpc");
			String port = callee.context().getEnvironment().getRequiredProperty("local.rpc.server.port");
			assertThat(all.status()).isEqualTo(200);
			assertThat(all.at("server/port")).isEqualTo(port);
			assertThat(all.at("server/draining")).isEqualTo("false");
			assertThat(all.at("server/activeCalls")).isEqualTo("0");
			assertThat(all.at("server/services/2/name")).isEqualTo("rpc.testing.Echo");
			assertThat(all.at("server/services/2/status")).isEqualTo("SERVING");
			assertThat(all.at("server/services/2/methods/3")).isEqualTo("{\"name\":\"Unary\",\"type\":\"UNARY\"}");
			String instance = "server/registration/instance/";
			assertThat(all.at(instance + "application")).isEqualTo("echo");
			assertThat(all.at(instance + "address")).endsWith(":" + port);
			assertThat(all.at(instance + "state")).isEqualTo("UP");
			assertThat(all.at(instance + "zone")).isEqualTo("az1");
			assertThat(all.at(instance + "version")).isEqualTo("1.2");
			assertThat(all.at(instance + "weight")).isEqualTo("70");
			assertThat(all.at(instance + "tags/lane")).isEqualTo("blue");
			assertThat(all.at("references")).isEqualTo("[]");
			assertThat(all.at("registry/description")).contains(this.namespace);
			assertThat(all.at("registry/events/0/text")).startsWith("Registered echo at ");
			assertThat(Instant.parse(String.valueOf(all.at("registry/events/0/time"))))
				.isBeforeOrEqualTo(Instant.now());
		}
	}

	@Test
	void tellsWhoIsCalledWithSettingsAndTheirOrigins() {
		try (WebApplication callee = callee("a", "rpc.registry.instance.zone=az1");
				WebApplication caller = caller("rpc.client.references.echo.timeout=2s",
						"rpc.client.references.echo.credentials.type=bearer",
						"rpc.client.references.echo.credentials.token=s3cret",
						"rpc.client.references.echo.credentials.allow-plaintext=true")) {
			assertThat(call(caller)).isEqualTo("a");
			HttpAnswer all = caller.get("rpc");
			assertThat(all.at("references/0/application")).isEqualTo("echo");
			assertThat(all.at(INJECTED + "service")).isEqualTo("rpc.testing.Echo");
			assertThat(all.at(INJECTED + "where")).contains("Caller");
			assertThat(all.at(INJECTED + "settings/timeout/value")).isEqualTo("2s");
			assertThat(all.at(INJECTED + "settings/timeout/origin")).isEqualTo("rpc.client.references[echo].timeout");
			assertThat(all.at(INJECTED + "settings/timeout/source")).contains("commandLineArgs");
			assertThat(all.at(INJECTED + "settings/load-balancing/origin"))
				.isEqualTo("rpc.client.defaults.load-balancing");
			assertThat(all.at(INJECTED + "methods/rpc.testing.Echo~Unary/timeout/value")).isEqualTo("2s");
			assertThat(all.at(INJECTED + "settings/credentials.type/value")).isEqualTo("BEARER");
			assertThat(all.at(INJECTED + "settings/credentials.token/value")).isEqualTo("******");
			assertThat(all.body()).doesNotContain("s3cret");
			assertThat(all.at("registry/events")).contains("Instances of echo: 1 (1 added, 0 removed, 0 altered)");
		}
	}

	@Test
	void tellsInstancesWithConnectionCallsInFlightAndLatency() {
		try (WebApplication callee = callee("a", "rpc.registry.instance.zone=az1", "rpc.registry.instance.weight=70");
				WebApplication caller = caller()) {
			call(caller);
			HttpAnswer all = caller.get("rpc");
			assertThat(all.at("references/0/channels/0/policy")).isEqualTo("p2c");
			assertThat(all.at(INSTANCES + "0/instance/zone")).isEqualTo("az1");
			assertThat(all.at(INSTANCES + "0/instance/weight")).isEqualTo("70");
			assertThat(all.at(INSTANCES + "0/instance/state")).isEqualTo("UP");
			assertThat(all.at(INSTANCES + "0/connection")).isEqualTo("READY");
			assertThat(all.at(INSTANCES + "0/candidate")).isEqualTo("true");
			assertThat(all.at(INSTANCES + "0/ejectedUntil")).isNull();
			assertThat(Double.parseDouble(String.valueOf(all.at(INSTANCES + "0/ewmaMillis")))).isPositive();
			assertThat(all.at(INSTANCES + "0/inFlight")).isEqualTo("0");
			StreamObserver<Ping> stream = caller.context().getBean(Caller.class).asynchronous
				.bidi(StreamRecorder.create());
			Awaitility.await().until(() -> "1".equals(caller.get("rpc").at(INSTANCES + "0/inFlight")));
			Awaitility.await().until(() -> "1".equals(callee.get("rpc").at("server/activeCalls")));
			stream.onCompleted();
			Awaitility.await().until(() -> "0".equals(caller.get("rpc").at(INSTANCES + "0/inFlight")));
		}
	}

	@Test
	void whenAnInstanceFailsThenItSaysUntilWhenItIsEjected() {
		try (WebApplication good = callee("a");
				WebApplication bad = callee("bad");
				WebApplication caller = caller("rpc.client.defaults.load-balancing=round_robin")) {
			awaitInstances(caller, 2);
			Instant before = Instant.now();
			Awaitility.await().until(() -> {
				callAnybody(caller);
				return caller.get("rpc").body().contains("ejectedUntil");
			});
			JsonElement ejected = JsonParser
				.parseString(String.valueOf(caller.get("rpc").at(INSTANCES.replaceAll("/$", ""))))
				.getAsJsonArray()
				.asList()
				.stream()
				.filter((instance) -> instance.getAsJsonObject().has("ejectedUntil"))
				.findFirst()
				.orElseThrow();
			assertThat(Instant.parse(ejected.getAsJsonObject().get("ejectedUntil").getAsString())).isAfter(before);
			assertThat(ejected.getAsJsonObject().get("candidate").getAsBoolean()).isFalse();
			assertThat(ejected.getAsJsonObject().get("reason").getAsString()).contains("ejected");
			assertThat(ejected.getAsJsonObject().get("instance").getAsJsonObject().get("address").getAsString())
				.endsWith(":" + bad.context().getEnvironment().getRequiredProperty("local.rpc.server.port"));
			assertThat(good.get("rpc").status()).isEqualTo(200);
		}
	}

	@Test
	void explainsWhereACallWouldGo() {
		try (WebApplication blue = callee("blue", "rpc.registry.instance.tags.disk=ssd");
				WebApplication green = callee("green");
				WebApplication caller = caller()) {
			awaitInstances(caller, 2);
			HttpAnswer explained = caller.get("rpc/echo?tags=disk=ssd");
			String port = blue.context().getEnvironment().getRequiredProperty("local.rpc.server.port");
			for (int i = 0; i < 2; i++) {
				boolean isBlue = String.valueOf(explained.at("channels/0/instances/" + i + "/instance/address"))
					.endsWith(":" + port);
				assertThat(explained.at("channels/0/instances/" + i + "/candidate")).isEqualTo(String.valueOf(isBlue));
				assertThat(explained.at("channels/0/instances/" + i + "/reason"))
					.matches((reason) -> isBlue ? reason == null : reason != null, "a reason where it is no candidate");
			}
			assertThat(caller.get("rpc/echo?policy=random").at("channels/0/policy")).isEqualTo("random");
			assertThat(caller.get("rpc/echo?version=9").at("channels/0/failure")).contains("version '9'");
			assertThat(caller.get("rpc/other").status()).isEqualTo(404);
			assertThat(caller.get("rpc/echo?tags=ssd").status()).isEqualTo(400);
			assertThat(green.get("rpc").status()).isEqualTo(200);
		}
	}

	@Test
	void whenNobodyWasEverThereThenItSaysSo() {
		try (WebApplication caller = caller()) {
			Awaitility.await()
				.untilAsserted(() -> assertThat(caller.get("rpc/echo").at("failure")).isEqualTo(
						"No instance has been known yet, or the policy is gRPC's own: the channel is TRANSIENT_FAILURE"));
		}
	}

	@Test
	void whenATimeoutIsPostedThenTheNextCallsHaveItUntilItIsDeleted() {
		try (WebApplication callee = callee("deadline");
				WebApplication caller = caller("rpc.client.references.echo.timeout=30s",
						"rpc.client.references.echo.methods.[rpc.testing.Echo/ServerStream].stream-timeout=40s")) {
			assertThat(secondsLeft(caller)).isBetween(1L, 30L);
			assertThat(caller.post("rpc/echo", "{\"timeout\": \"500s\"}").status()).isEqualTo(204);
			assertThat(secondsLeft(caller)).isBetween(400L, 500L);
			assertThat(caller.get("rpc").at(INJECTED + "settings/timeout"))
				.isEqualTo("{\"value\":\"500s\",\"origin\":\"changed at run time\"}");
			assertThat(
					caller.post("rpc/echo", "{\"timeout\": \"900s\", \"method\": \"rpc.testing.Echo/Unary\"}").status())
				.isEqualTo(204);
			assertThat(secondsLeft(caller)).isBetween(800L, 900L);
			assertThat(caller.post("rpc/echo", "{\"streamTimeout\": \"1h\"}").status()).isEqualTo(204);
			assertThat(caller.get("rpc").at(INJECTED + "methods/rpc.testing.Echo~Bidi/timeout/value"))
				.isEqualTo("3600s");
			assertThat(caller.get("rpc").at(INJECTED + "methods/rpc.testing.Echo~ServerStream/timeout/value"))
				.as("what is set for a method stays")
				.isEqualTo("40s");
			assertThat(caller.delete("rpc/echo").status()).isEqualTo(204);
			assertThat(secondsLeft(caller)).isBetween(1L, 30L);
			assertThat(caller.get("rpc").at(INJECTED + "settings/timeout/origin"))
				.isEqualTo("rpc.client.references[echo].timeout");
			assertThat(callee.get("rpc").status()).isEqualTo(200);
		}
	}

	@Test
	void whenAWeightIsPostedThenTheTrafficFollowsUntilItIsDeleted() {
		try (WebApplication one = callee("one");
				WebApplication two = callee("two");
				WebApplication caller = caller("rpc.client.defaults.load-balancing=round_robin")) {
			awaitInstances(caller, 2);
			assertThat(callsOf(caller, "one")).isBetween(45L, 55L);
			String id = String.valueOf(one.get("rpc").at("server/registration/instance/id"));
			assertThat(caller.post("rpc/echo", "{\"instance\": \"" + id + "\", \"weight\": 900}").status())
				.isEqualTo(204);
			Awaitility.await().untilAsserted(() -> assertThat(callsOf(caller, "one")).isBetween(85L, 95L));
			assertThat(caller.delete("rpc/echo").status()).isEqualTo(204);
			Awaitility.await().untilAsserted(() -> assertThat(callsOf(caller, "one")).isBetween(45L, 55L));
			assertThat(two.get("rpc").status()).isEqualTo(200);
		}
	}

	@Test
	void whenTakenOfflineThenTheOtherSeesItGoAndComeBack() {
		try (WebApplication callee = callee("a"); WebApplication caller = caller()) {
			awaitInstances(caller, 1);
			HttpAnswer offline = callee.post("rpc", "{\"online\": false}");
			assertThat(offline.status()).isEqualTo(200);
			assertThat(offline.at("state")).isEqualTo("DEREGISTERED");
			awaitInstances(caller, 0);
			assertThat(caller.get("rpc").at("registry/events")).contains("Instances of echo: 0 ");
			assertThat(callee.get("rpc").at("server/services/2/status")).as("who calls it directly")
				.isEqualTo("SERVING");
			assertThat(callee.post("rpc", "{\"online\": true}").at("state")).isEqualTo("REGISTERED");
			awaitInstances(caller, 1);
			assertThat(call(caller)).isEqualTo("a");
		}
	}

	@Test
	void whenARequestCannotBeRightThenItIsRefused() {
		try (WebApplication caller = caller()) {
			assertThat(caller.post("rpc/other", "{\"timeout\": \"1s\"}").status()).isEqualTo(400);
			assertThat(caller.post("rpc/echo", "{\"timeout\": \"soon\"}").status()).isEqualTo(400);
			assertThat(caller.post("rpc/echo", "{\"instance\": \"x\", \"weight\": \"much\"}").status()).isEqualTo(400);
			assertThat(caller.post("rpc/echo", "{\"instance\": \"x\", \"weight\": 5}").status()).isEqualTo(400);
			assertThat(caller.post("rpc/echo", "{}").status()).isEqualTo(400);
			assertThat(caller.post("rpc", "{\"online\": \"perhaps\"}").status()).isEqualTo(400);
			assertThat(caller.post("rpc", "{\"online\": true}").status()).as("nothing is served").isEqualTo(400);
			assertThat(caller.delete("rpc/other").status()).isEqualTo(400);
		}
	}

	@Test
	void whenNothingIsSetThenItIsReadOnlyAndValuesAreHidden() {
		try (WebApplication caller = WebApplication.run(Caller.class,
				local("spring.application.name=caller", "rpc.client.references.echo.timeout=2s"))) {
			assertThat(caller.get("rpc").at(INJECTED + "settings/timeout/value")).isEqualTo("******");
			assertThat(caller.get("rpc").at(INJECTED + "settings/timeout/origin"))
				.isEqualTo("rpc.client.references[echo].timeout");
			assertThat(caller.post("rpc/echo", "{\"timeout\": \"1s\"}").status()).isEqualTo(405);
			assertThat(caller.post("rpc", "{\"online\": false}").status()).isEqualTo(405);
			assertThat(caller.delete("rpc/echo").status()).isEqualTo(405);
		}
	}

	private WebApplication callee(String name, String... properties) {
		return WebApplication.run(Callee.class,
				writable(properties, "spring.application.name=echo", "echo.name=" + name));
	}

	private WebApplication caller(String... properties) {
		return WebApplication.run(Caller.class, writable(properties, "spring.application.name=caller"));
	}

	private String[] writable(String[] properties, String... more) {
		return IntStream.range(0, 3).mapToObj((i) -> switch (i) {
			case 0 -> List.of(properties);
			case 1 -> List.of(more);
			default -> List
				.of(local("management.endpoint.rpc.access=unrestricted", "management.endpoint.rpc.show-values=always"));
		}).flatMap(List::stream).toArray(String[]::new);
	}

	private String[] local(String... properties) {
		String[] all = List.of(properties).toArray(new String[properties.length + 3]);
		all[properties.length] = "rpc.registry.type=local";
		all[properties.length + 1] = "rpc.registry.local.directory=" + this.directory;
		all[properties.length + 2] = "rpc.registry.namespace=" + this.namespace;
		return all;
	}

	private static void awaitInstances(WebApplication caller, int number) {
		Awaitility.await().until(() -> caller.get("rpc/echo").body().split("\"READY\"", -1).length == number + 1);
	}

	private static String call(WebApplication caller) {
		return caller.context().getBean(Caller.class).echo.withWaitForReady()
			.unary(Ping.getDefaultInstance())
			.getServer();
	}

	private static void callAnybody(WebApplication caller) {
		try {
			call(caller);
		}
		catch (StatusRuntimeException ex) {
			assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
		}
	}

	private static long callsOf(WebApplication caller, String server) {
		return IntStream.range(0, 100).filter((i) -> call(caller).equals(server)).count();
	}

	private static long secondsLeft(WebApplication caller) {
		return Long.parseLong(caller.context().getBean(Caller.class).echo.withWaitForReady()
			.unary(Ping.newBuilder().setText("deadline").build())
			.getText());
	}

	@Configuration(proxyBeanMethods = false)
	static class Caller {

		private final EchoBlockingStub echo;

		private final EchoStub asynchronous;

		Caller(@RpcReference("echo") EchoBlockingStub echo, @RpcReference("echo") EchoStub asynchronous) {
			this.echo = echo;
			this.asynchronous = asynchronous;
		}

		EchoBlockingStub echo() {
			return this.echo;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Callee {

		@Bean
		@RpcService
		EchoService service(@Value("${echo.name}") String name) {
			return new Measuring(name);
		}

	}

	/**
	 * Answers with how much of the deadline is left, if asked, and fails if it is bad.
	 */
	private static final class Measuring extends EchoService {

		private final boolean bad;

		Measuring(String name) {
			super(name);
			this.bad = name.equals("bad");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			if (this.bad) {
				responseObserver.onError(Status.INTERNAL.asRuntimeException());
				return;
			}
			Deadline deadline = Context.current().getDeadline();
			String left = (deadline != null) ? String.valueOf(deadline.timeRemaining(TimeUnit.SECONDS)) : "none";
			super.unary(request.getText().equals("deadline") ? Ping.newBuilder().setText(left).build() : request,
					responseObserver);
		}

	}

}
