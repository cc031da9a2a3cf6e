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

/**
 * What etcd tells about itself.
 */
final class EtcdMetrics {

	private static final String RANGES = "grpc_server_handled_total{";

	private final HttpClient http = HttpClient.newHttpClient();

	private final HttpRequest request;

	EtcdMetrics(String endpoint) {
		this.request = HttpRequest.newBuilder(URI.create(endpoint + "/metrics")).build();
	}

	/**
	 * Returns how many range requests etcd has answered.
	 * @return the count
	 * @throws IOException if etcd does not answer
	 * @throws InterruptedException if interrupted
	 */
	long rangeRequests() throws IOException, InterruptedException {
		return this.http.send(this.request, BodyHandlers.ofString())
			.body()
			.lines()
			.filter((line) -> line.startsWith(RANGES) && line.contains("grpc_method=\"Range\""))
			.mapToLong((line) -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
			.sum();
	}

}
