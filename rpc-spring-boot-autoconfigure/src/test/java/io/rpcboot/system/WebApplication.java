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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An application of its own with a web server and the actuator, as users run it: by
 * auto-configuration, asked over HTTP. May be asked while it starts and stops, too.
 */
final class WebApplication implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final CompletableFuture<Integer> port = new CompletableFuture<>();

	private final CompletableFuture<ConfigurableApplicationContext> context = new CompletableFuture<>();

	private WebApplication(Class<?> configuration, String... properties) {
		List<String> arguments = new ArrayList<>(
				List.of("--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off",
						"--spring.docker.compose.enabled=false", "--spring.grpc.server.enabled=false",
						"--spring.grpc.client.enabled=false", "--management.endpoints.web.exposure.include=health,rpc",
						"--rpc.server.port=0", "--rpc.server.address=127.0.0.1",
						"--rpc.server.shutdown.quiet-period=0s", "--rpc.registry.snapshot.enabled=false"));
		List.of(properties).forEach((property) -> arguments.add("--" + property));
		ApplicationListener<WebServerInitializedEvent> listener = (event) -> this.port
			.complete(event.getWebServer().getPort());
		new Thread(() -> {
			try {
				this.context.complete(
						new SpringApplicationBuilder(Everything.class, configuration).web(WebApplicationType.SERVLET)
							.registerShutdownHook(false)
							.listeners(listener)
							.run(arguments.toArray(String[]::new)));
			}
			catch (RuntimeException ex) {
				this.port.completeExceptionally(ex);
				this.context.completeExceptionally(ex);
			}
		}, "start").start();
	}

	/**
	 * Starts an application and waits until it is ready.
	 * @param configuration its beans
	 * @param properties such as {@code rpc.registry.type=none}
	 */
	static WebApplication run(Class<?> configuration, String... properties) {
		WebApplication application = new WebApplication(configuration, properties);
		application.context();
		return application;
	}

	/**
	 * Starts an application and does not wait.
	 */
	static WebApplication start(Class<?> configuration, String... properties) {
		return new WebApplication(configuration, properties);
	}

	ConfigurableApplicationContext context() {
		return this.context.orTimeout(LIMIT.toSeconds() * 2, TimeUnit.SECONDS).join();
	}

	Answer get(String path) {
		return send("GET", path, null);
	}

	Answer post(String path, String json) {
		return send("POST", path, json);
	}

	Answer delete(String path) {
		return send("DELETE", path, null);
	}

	private Answer send(String method, String path, @Nullable String json) {
		URI uri = URI.create("http://127.0.0.1:" + this.port.join() + "/actuator/" + path);
		HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(LIMIT);
		request.method(method, (json != null) ? BodyPublishers.ofString(json) : BodyPublishers.noBody());
		request.header("Content-Type", "application/json").header("Accept", "application/json");
		try {
			HttpResponse<String> response = this.http.send(request.build(), BodyHandlers.ofString());
			return new Answer(response.statusCode(), response.body());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		context().close();
	}

	/**
	 * What HTTP answered.
	 *
	 * @param status the status
	 * @param body the text
	 */
	record Answer(int status, String body) {

		/**
		 * Finds what stands in the JSON.
		 * @param path names and indices, with slashes between
		 * @return the text of the value, the JSON of what is none; {@code null} if
		 * nothing is there
		 */
		@Nullable String at(String path) {
			JsonElement element = JsonParser.parseString(this.body);
			for (String step : path.split("/")) {
				element = element.isJsonArray() ? element.getAsJsonArray().get(Integer.parseInt(step))
						: member(element, step);
				if (element == null) {
					return null;
				}
			}
			return element.isJsonPrimitive() ? element.getAsString() : element.toString();
		}

		private static @Nullable JsonElement member(JsonElement element, String name) {
			JsonObject object = element.getAsJsonObject();
			// Names of methods have a slash, which stands as a tilde in a path.
			return object.get(name.replace('~', '/'));
		}

	}

	/**
	 * All that is on the class path.
	 */
	@EnableAutoConfiguration
	static class Everything {

	}

}
