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

package io.rpcboot.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcEndpointAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.autoconfigure.RpcServerAutoConfiguration;
import io.rpcboot.client.RpcReference;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistryEvent;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.WatchStatus;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.InMemoryDiscovery;
import io.rpcboot.testing.RecordingRegistry;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import io.rpcboot.testing.echo.Ping;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJsonMapper;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The example in {@code docs/operations.md} has what Boot's JSON of the endpoint has:
 * every name, and values of the same kind. Of maps that a user fills the example shows
 * some entries only.
 */
class RpcEndpointPageTests {

	private static final Path PAGE = Path.of("..", "docs", "operations.md");

	private static final Set<String> OPEN = Set.of("settings", "methods", "tags", "metadata");

	@Test
	void theExampleIsWhatTheEndpointAnswers() throws IOException {
		JsonObject example = example();
		try (EchoServer callee = EchoServer.start("a")) {
			InMemoryDiscovery instances = new InMemoryDiscovery();
			instances.set("echo", callee.instance("7c9e6679"));
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class,
						RpcServerAutoConfiguration.class, RpcClientAutoConfiguration.class,
						RpcEndpointAutoConfiguration.class, JacksonEndpointAutoConfiguration.class))
				.withUserConfiguration(Caller.class)
				.withBean(ServiceDiscovery.class, () -> new Told(instances))
				.withPropertyValues("management.endpoints.web.exposure.include=rpc",
						"management.endpoint.rpc.show-values=always", "spring.application.name=caller",
						"rpc.registry.instance.zone=az1", "rpc.registry.instance.version=1.4.2",
						"rpc.registry.instance.tags.lane=blue", "rpc.server.port=0", "rpc.server.address=127.0.0.1",
						"rpc.server.shutdown.quiet-period=0s", "rpc.client.references.[echo].timeout=2s")
				.run((context) -> {
					AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
					context.getBean(Caller.class).echo.unary(Ping.getDefaultInstance());
					RecordingRegistry registry = context.getBean(RecordingRegistry.class);
					Awaitility.await().until(() -> !registry.instances().isEmpty());
					String real = context.getBean(EndpointJsonMapper.class)
						.get()
						.writeValueAsString(context.getBean(RpcEndpoint.class).rpc());
					assertSame("", example, JsonParser.parseString(inTheWordsOfThePage(real)));
				});
		}
	}

	private static String inTheWordsOfThePage(String json) {
		return json.replace("\"rpc.testing.Echo/Unary\"", "\"demo.Greeter/SayHello\"")
			.replace("\"echo\"", "\"demo-provider\"");
	}

	private static JsonObject example() throws IOException {
		String page = Files.readString(PAGE);
		int begin = page.indexOf("```json", page.indexOf("## The endpoint rpc")) + "```json".length();
		return JsonParser.parseString(page.substring(begin, page.indexOf("```", begin))).getAsJsonObject();
	}

	private static void assertSame(String path, JsonElement example, JsonElement real) {
		if (example.isJsonObject()) {
			assertThat(real.isJsonObject()).as(path).isTrue();
			JsonObject known = real.getAsJsonObject();
			if (OPEN.contains(path.substring(path.lastIndexOf('.') + 1))) {
				assertThat(known.keySet()).as(path).containsAll(example.getAsJsonObject().keySet());
			}
			else {
				assertThat(example.getAsJsonObject().keySet()).as(path).isEqualTo(known.keySet());
			}
			example.getAsJsonObject()
				.entrySet()
				.forEach((entry) -> assertSame(path + "." + entry.getKey(), entry.getValue(),
						known.get(entry.getKey())));
		}
		else if (example.isJsonArray()) {
			assertThat(real.isJsonArray()).as(path).isTrue();
			assertThat(real.getAsJsonArray().isEmpty()).as(path).isEqualTo(example.getAsJsonArray().isEmpty());
			if (!example.getAsJsonArray().isEmpty()) {
				assertSame(path + "[]", example.getAsJsonArray().get(0), real.getAsJsonArray().get(0));
			}
		}
		else {
			assertThat(kind(real)).as(path).isEqualTo(kind(example));
		}
	}

	private static String kind(JsonElement value) {
		if (!value.isJsonPrimitive()) {
			return "not a value";
		}
		return value.getAsJsonPrimitive().isBoolean() ? "boolean"
				: value.getAsJsonPrimitive().isNumber() ? "number" : "text";
	}

	/**
	 * A registry that remembers.
	 *
	 * @param instances what it knows
	 */
	private record Told(InMemoryDiscovery instances) implements ServiceDiscovery {

		@Override
		public InstanceWatch watch(String application, InstanceListener listener) {
			return this.instances.watch(application, listener);
		}

		@Override
		public Map<String, WatchStatus> watches() {
			return Map.of("echo", new WatchStatus(WatchStatus.State.CURRENT, 1, Set.of()));
		}

		@Override
		public Map<String, Duration> ages() {
			return Map.of("echo", Duration.ofMillis(1200));
		}

		@Override
		public List<RegistryEvent> events() {
			return List.of(new RegistryEvent(Instant.EPOCH, "Instances of echo: 1"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Caller {

		private final EchoBlockingStub echo;

		Caller(@RpcReference("echo") EchoBlockingStub echo) {
			this.echo = echo;
		}

		@Bean
		static RecordingRegistry registry() {
			return new RecordingRegistry();
		}

		@Bean
		@RpcService
		static EchoService service() {
			return new EchoService("one");
		}

	}

}
