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

import java.time.Duration;
import java.util.List;

import io.rpcboot.testing.ChildJvm;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * 2 GB go through a heap of 64 MB, in either direction and through either dispatch,
 * though the reader is slow.
 */
@Tag("faults")
class LargeStreamsIT {

	private static final int MESSAGES = 32 * 1024;

	@ParameterizedTest
	@CsvSource({ LargeStreams.DOWN_IN_A_LOOP + ",one-hop", LargeStreams.DOWN_IN_A_LOOP + ",grpc",
			LargeStreams.DOWN_WHILE_READY + ",one-hop", LargeStreams.DOWN_WHILE_READY + ",grpc",
			LargeStreams.UP_WHILE_READY + ",one-hop", LargeStreams.UP_WHILE_READY + ",grpc" })
	void whenTheReaderIsSlowThenTheHeapIsNotFilled(String way, String dispatch) {
		try (ChildJvm process = start(way, "rpc.server.dispatch=" + dispatch)) {
			awaitEnd(process);
			assertThat(process.lines()).contains(LargeStreams.DONE + 2L * 1024 * 1024 * 1024)
				.noneMatch((line) -> line.contains("OutOfMemory"));
		}
	}

	/**
	 * Shows that it is the bound that does it, and that this test can fail.
	 */
	@Test
	void whenThereIsNoBoundThenAHandlerThatSendsInALoopFillsTheHeap() {
		try (ChildJvm process = start(LargeStreams.DOWN_IN_A_LOOP, "rpc.server.streams.max-buffered=0")) {
			awaitEnd(process);
			assertThat(process.lines()).anyMatch((line) -> line.contains("OutOf"));
		}
	}

	private static ChildJvm start(String way, String property) {
		return ChildJvm.start("64m", LargeStreams.class, List.of(way, String.valueOf(MESSAGES), property));
	}

	private static void awaitEnd(ChildJvm process) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(5))
			.until(() -> !process.process().isAlive() || process.lines()
				.stream()
				.anyMatch((line) -> line.contains("OutOf") || line.startsWith(LargeStreams.DONE)));
	}

}
