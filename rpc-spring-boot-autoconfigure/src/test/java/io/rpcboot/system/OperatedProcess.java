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
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.rpcboot.testing.ChildJvm;
import io.rpcboot.testing.LoopbackPorts;

/**
 * A process with a web server, which a test asks over HTTP.
 */
final class OperatedProcess implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final int port = LoopbackPorts.free();

	private final ChildJvm jvm;

	OperatedProcess(Class<?> main, String... properties) {
		List<String> all = new ArrayList<>(List.of("server.port=" + this.port, "server.address=127.0.0.1",
				"spring.main.banner-mode=off", "spring.docker.compose.enabled=false",
				"spring.grpc.server.enabled=false", "spring.grpc.client.enabled=false"));
		all.addAll(List.of(properties));
		this.jvm = ChildJvm.start(main, all);
	}

	/**
	 * Returns what HTTP answers, whatever the status is.
	 */
	HttpAnswer get(String path, String... headers) {
		return sent(path, headers).join();
	}

	/**
	 * Asks and does not wait.
	 */
	CompletableFuture<HttpAnswer> sent(String path, String... headers) {
		if (!isAlive()) {
			throw new IllegalStateException("The process has ended: " + output());
		}
		HttpRequest.Builder request = request(path);
		if (headers.length > 0) {
			request.headers(headers);
		}
		return this.http.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(HttpAnswer::of);
	}

	HttpAnswer post(String path) {
		try {
			return HttpAnswer
				.of(this.http.send(request(path).POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path)).timeout(LIMIT);
	}

	/**
	 * Reads a meter as Prometheus does.
	 * @param name the name of the series
	 * @param labels such as {@code grpc_status="OK"}
	 * @return the sum of the series with these labels, NaN if there is none
	 */
	double scraped(String name, String... labels) {
		return get("/actuator/prometheus").body()
			.lines()
			.filter((line) -> line.startsWith(name + "{") || line.startsWith(name + " "))
			.filter((line) -> Stream.of(labels).allMatch(line::contains))
			.mapToDouble((line) -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
			.reduce(Double::sum)
			.orElse(Double.NaN);
	}

	/**
	 * Returns what was logged with a text.
	 */
	List<String> logged(String text) {
		return this.jvm.lines().stream().filter((line) -> line.contains(text)).toList();
	}

	String output() {
		return String.join("\n", this.jvm.lines());
	}

	boolean isAlive() {
		return this.jvm.process().isAlive();
	}

	/**
	 * Sends SIGTERM. Not by the process, which would close its output then.
	 */
	void signal() {
		this.jvm.process().toHandle().destroy();
	}

	/**
	 * Waits for the end.
	 */
	int exitCode() throws InterruptedException {
		if (!this.jvm.process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
			throw new IllegalStateException("The process does not end: " + output());
		}
		return this.jvm.process().exitValue();
	}

	@Override
	public void close() {
		this.jvm.close();
	}

}
