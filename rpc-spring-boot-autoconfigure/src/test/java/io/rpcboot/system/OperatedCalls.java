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

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls of {@link OperatedPair}, and what both processes tell of them.
 */
final class OperatedCalls {

	static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

	private static final String UNARY = "method=rpc.testing.Echo/Unary status=";

	private static final String METHOD = "grpc_method=\"rpc.testing.Echo/Unary\"";

	private static final String OK = "grpc_status=\"OK\"";

	private static final String REFUSED = "grpc_status=\"UNAUTHENTICATED\"";

	private static final int CALLS = 20;

	private final OperatedPair pair;

	OperatedCalls(OperatedPair pair) {
		this.pair = pair;
	}

	/**
	 * The same calls in meters, traces and logs, of those who made them and those who
	 * answered.
	 */
	void areToldOf() {
		OperatedPair.await(() -> assertThat(this.pair.consumer()
			.scraped("grpc_client_call_duration_seconds_count", METHOD, "grpc_status=\"UNAVAILABLE\""))
			.as("the call without an instance")
			.isEqualTo(1));
		assertThat(this.pair.consumer().get("/call", "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01").body())
			.as("trace in the logging context of the handler")
			.isEqualTo(TRACE);
		for (int i = 1; i < CALLS; i++) {
			assertThat(this.pair.consumer().get("/call").body()).hasSize(TRACE.length()).isNotEqualTo(TRACE);
		}
		assertThat(this.pair.consumer().get("/stranger").body()).startsWith("UNAUTHENTICATED: ");
		OperatedPair.await(() -> {
			String count = "grpc_server_call_duration_seconds_count";
			assertThat(this.pair.provider().scraped(count, METHOD, OK)).isEqualTo(CALLS);
			assertThat(this.pair.provider().scraped(count, METHOD, REFUSED)).isEqualTo(1);
			assertThat(this.pair.provider().scraped("grpc_server_call_started_calls_total", METHOD))
				.isEqualTo(CALLS + 1);
			assertThat(
					this.pair.provider().scraped("rpc_server_deduplication_attempts_total", "rpc_result=\"executed\""))
				.isEqualTo(CALLS);
		});
		OperatedPair.await(() -> {
			String count = "grpc_client_call_duration_seconds_count";
			String orders = "grpc_target=\"rpc:///orders\"";
			assertThat(this.pair.consumer().scraped(count, METHOD, OK, orders)).isEqualTo(CALLS);
			assertThat(this.pair.consumer().scraped(count, METHOD, REFUSED, "grpc_target=\"rpc:///stranger\""))
				.isEqualTo(1);
			assertThat(this.pair.consumer().scraped("grpc_client_attempt_duration_seconds_count", METHOD, OK, orders))
				.isEqualTo(CALLS);
			assertThat(this.pair.consumer()
				.scraped("rpc_client_instances", "rpc_application=\"orders\"", "rpc_state=\"usable\"")).isEqualTo(1);
		});
		OperatedPair.await(() -> {
			assertThat(this.pair.provider().logged(UNARY + "OK ")).filteredOn((line) -> line.contains("rpc.access"))
				.hasSize(CALLS);
			assertThat(this.pair.provider().logged(UNARY + "OK ")).filteredOn((line) -> line.endsWith("trace=" + TRACE))
				.isNotEmpty();
			assertThat(this.pair.provider().logged(UNARY + "UNAUTHENTICATED ")).singleElement()
				.asString()
				.matches(".* rpc\\.access .*millis=[0-9.]+ received=\\d+ sent=0 peer=127\\.0\\.0\\.1:\\d+ .*");
		});
		assertOneTrace();
	}

	/**
	 * The span of the handler is a child of that of the call, in the trace that came in
	 * over HTTP.
	 */
	private void assertOneTrace() {
		OperatedPair.await(() -> {
			String call = span(this.pair.consumer(), "CLIENT");
			String service = span(this.pair.provider(), "SERVER");
			String id = call.replaceAll(".* (\\w+) child of .*", "$1");
			assertThat(service).endsWith("child of " + id);
		});
	}

	private static String span(OperatedProcess process, String kind) {
		String start = TRACE + " " + kind + " rpc.testing.Echo/Unary ";
		List<String> spans = process.get("/spans").body().lines().filter((line) -> line.startsWith(start)).toList();
		assertThat(spans).hasSize(1);
		return spans.get(0);
	}

}
