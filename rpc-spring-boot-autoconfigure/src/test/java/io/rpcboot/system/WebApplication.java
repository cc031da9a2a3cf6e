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

	HttpAnswer get(String path) {
		return send("GET", path, null);
	}

	HttpAnswer post(String path, String json) {
		return send("POST", path, json);
	}

	HttpAnswer delete(String path) {
		return send("DELETE", path, null);
	}

	private HttpAnswer send(String method, String path, @Nullable String json) {
		URI uri = URI.create("http://127.0.0.1:" + this.port.join() + "/actuator/" + path);
		HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(LIMIT);
		request.method(method, (json != null) ? BodyPublishers.ofString(json) : BodyPublishers.noBody());
		request.header("Content-Type", "application/json").header("Accept", "application/json");
		try {
			HttpResponse<String> response = this.http.send(request.build(), BodyHandlers.ofString());
			return HttpAnswer.of(response);
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
	 * All that is on the class path.
	 */
	@EnableAutoConfiguration
	static class Everything {

	}

}
