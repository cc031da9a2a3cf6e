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

package io.rpcboot.server.error;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

import io.grpc.Status;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ExceptionTable}: the page of errors has the table as it is.
 */
class ExceptionTableTests {

	@Test
	void thePageHasTheTable() throws IOException {
		String rows = ExceptionTable.ROWS.stream()
			.map((row) -> "| `" + row.type().getSimpleName() + "` | " + row.code() + " | its message |\n")
			.collect(Collectors.joining("", "| exception | status | description |\n|---|---|---|\n",
					"| any other | INTERNAL | `The service failed` |\n"));
		assertThat(Files.readString(Path.of("..", "docs", "errors.md"))).contains(rows);
	}

	@Test
	void anExceptionOfNoRowIsInternal() {
		Status status = ExceptionTable.map(new IOException("secret"));
		assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
		assertThat(status.getDescription()).isEqualTo("The service failed");
	}

	@Test
	void noRowIsHiddenByOneBeforeIt() {
		for (int i = 0; i < ExceptionTable.ROWS.size(); i++) {
			Class<?> type = ExceptionTable.ROWS.get(i).type();
			assertThat(ExceptionTable.ROWS.subList(0, i)).noneMatch((row) -> row.type().isAssignableFrom(type));
		}
	}

}
