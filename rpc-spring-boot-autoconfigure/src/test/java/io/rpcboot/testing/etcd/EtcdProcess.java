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

package io.rpcboot.testing.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;

import io.rpcboot.testing.ProcessSignals;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One run of etcd, from start to end.
 */
final class EtcdProcess {

	private static final Duration START_LIMIT = Duration.ofSeconds(20);

	private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

	private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

	private static final int LOG_TAIL_LINES = 30;

	private final Process process;

	private final URI health;

	private final Path log;

	private final @Nullable SSLContext tls;

	private EtcdProcess(Process process, URI health, Path log, @Nullable SSLContext tls) {
		this.process = process;
		this.health = health;
		this.log = log;
		this.tls = tls;
	}

	/**
	 * Starts etcd and does not wait for it.
	 * @param binary the executable
	 * @param name its name among the members
	 * @param data where it keeps its data
	 * @param log the file for what it prints, overwritten
	 * @param ports where it listens
	 * @param cluster all members, each as {@code name=peerUrl}
	 * @param options what else it is told
	 * @return the run
	 */
	static EtcdProcess start(Path binary, String name, Path data, Path log, EtcdPorts ports, String cluster,
			EtcdOptions options) {
		String clientUrl = options.url(ports.clientUrl());
		List<String> command = new ArrayList<>(List.of(binary.toString(), "--name", name, "--data-dir", data.toString(),
				"--listen-client-urls", clientUrl, "--advertise-client-urls", clientUrl, "--listen-peer-urls",
				ports.peerUrl(), "--initial-advertise-peer-urls", ports.peerUrl(), "--initial-cluster", cluster));
		command.addAll(options.arguments());
		ProcessBuilder builder = new ProcessBuilder(command);
		builder.environment().keySet().removeIf((variable) -> variable.startsWith("ETCD_"));
		if (System.getProperty("os.arch").equals("aarch64")) {
			// etcd 3.4 starts there only when it is told that this is known.
			builder.environment().put("ETCD_UNSUPPORTED_ARCH", "arm64");
		}
		try {
			Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
			return new EtcdProcess(process, URI.create(clientUrl + "/health"), log, options.tls());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Waits until it says that it is healthy, for at most 20 s.
	 * @return {@code false} when it ended or did not become healthy
	 */
	boolean awaitHealthy() {
		try {
			Awaitility.await()
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(50))
				.atMost(START_LIMIT)
				.until(() -> !isAlive() || isHealthy());
			return isAlive();
		}
		catch (ConditionTimeoutException ex) {
			return false;
		}
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Freezes it (SIGSTOP) and returns when it stands still.
	 */
	void freeze() {
		ProcessSignals.freeze(this.process);
	}

	/**
	 * Lets it go on (SIGCONT).
	 */
	void thaw() {
		ProcessSignals.thaw(this.process);
	}

	/**
	 * Sends SIGTERM and waits.
	 * @return whether it ended within 10 s
	 */
	boolean terminate() {
		this.process.destroy();
		return ended(this.process);
	}

	/**
	 * Sends SIGKILL and waits.
	 */
	void kill() {
		this.process.destroyForcibly();
		ended(this.process);
	}

	boolean portWasTaken() {
		return logLines().stream().anyMatch((line) -> line.contains("address already in use"));
	}

	String logTail() {
		List<String> lines = logLines();
		return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
	}

	private List<String> logLines() {
		try {
			return Files.readAllLines(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private boolean isHealthy() {
		try {
			HttpURLConnection connection = (HttpURLConnection) this.health.toURL().openConnection();
			connection.setConnectTimeout((int) ANSWER_LIMIT.toMillis());
			if (this.tls != null && connection instanceof HttpsURLConnection secured) {
				secured.setSSLSocketFactory(this.tls.getSocketFactory());
				secured.setHostnameVerifier((host, session) -> true);
			}
			connection.setReadTimeout((int) ANSWER_LIMIT.toMillis());
			try {
				byte[] body = connection.getInputStream().readAllBytes();
				return new String(body, StandardCharsets.UTF_8).contains("\"health\":\"true\"");
			}
			finally {
				connection.disconnect();
			}
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static boolean ended(Process process) {
		try {
			return process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return !process.isAlive();
		}
	}

}
