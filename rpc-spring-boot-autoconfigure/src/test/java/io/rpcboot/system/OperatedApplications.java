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
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the two applications of {@link OperatedSystemIT} have in common. A test has them
 * do things over HTTP.
 */
final class OperatedApplications {

	static final String TOKEN = "token-of-shop";

	static final String BATCH_TOKEN = "token-of-batch";

	static final String CLERKS_PASSWORD = "password-of-clerk";

	/** Who may call, by token. */
	static final Map<String, String> CALLERS = Map.of(TOKEN, "shop", BATCH_TOKEN, "batch");

	private OperatedApplications() {
	}

	static void run(Class<?> configuration, String... properties) {
		String[] arguments = Stream.of(properties).map((property) -> "--" + property).toArray(String[]::new);
		new SpringApplicationBuilder(configuration).run(arguments);
	}

	static boolean awaited(CountDownLatch latch) {
		try {
			return latch.await(60, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Keeps the spans of a process and shows those of calls.
	 */
	@RestController
	static class Spans {

		private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

		@Bean
		SpanProcessor spanProcessor() {
			return SimpleSpanProcessor.create(this.exporter);
		}

		@GetMapping("/spans")
		String spans() {
			List<String> lines = this.exporter.getFinishedSpanItems().stream().map(Spans::line).toList();
			return String.join("\n", lines);
		}

		private static String line(SpanData span) {
			return span.getTraceId() + " " + span.getKind() + " " + span.getName() + " " + span.getSpanId()
					+ " child of " + span.getParentSpanId();
		}

	}

}
