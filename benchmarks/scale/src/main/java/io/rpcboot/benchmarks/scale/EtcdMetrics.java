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

package io.rpcboot.benchmarks.scale;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.function.Predicate;

/**
 * What etcd tells about itself.
 */
final class EtcdMetrics {

	private static final String HANDLED = "grpc_server_handled_total{";

	private static final String RECEIVED = "grpc_server_msg_received_total{";

	private static final String CPU = "process_cpu_seconds_total ";

	private final HttpClient http = HttpClient.newHttpClient();

	private final HttpRequest request;

	EtcdMetrics(String endpoint) {
		this.request = HttpRequest.newBuilder(URI.create(endpoint + "/metrics")).build();
	}

	/**
	 * Returns what etcd has done up to now, for anybody.
	 * @return the counts
	 * @throws IOException if etcd does not answer
	 * @throws InterruptedException if interrupted
	 */
	Counts counts() throws IOException, InterruptedException {
		List<String> lines = this.http.send(this.request, BodyHandlers.ofString()).body().lines().toList();
		return new Counts(
				(long) sum(lines, (line) -> line.startsWith(HANDLED) && line.contains("grpc_method=\"Range\"")),
				(long) sum(lines, (line) -> line.startsWith(HANDLED) && line.contains("grpc_type=\"unary\"")),
				(long) sum(lines, (line) -> line.startsWith(RECEIVED) && line.contains("grpc_method=\"Watch\"")),
				sum(lines, (line) -> line.startsWith(CPU)) * 1000);
	}

	private static double sum(List<String> lines, Predicate<String> which) {
		return lines.stream()
			.filter(which)
			.mapToDouble((line) -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
			.sum();
	}

	/**
	 * What etcd has done.
	 *
	 * @param ranges range requests that it has answered
	 * @param requests unary requests that it has answered, those with them
	 * @param questions messages that it has received on watches
	 * @param cpuMillis its CPU time
	 */
	record Counts(long ranges, long requests, long questions, double cpuMillis) {

		Counts since(Counts earlier) {
			return new Counts(this.ranges - earlier.ranges, this.requests - earlier.requests,
					this.questions - earlier.questions, this.cpuMillis - earlier.cpuMillis);
		}

	}

}
