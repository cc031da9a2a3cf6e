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

package io.rpcboot.registry.snapshot;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SnapshotFormat}.
 */
class SnapshotFormatTests {

	private static final ServiceInstance FULL = new ServiceInstance("i-1", "orders", "fd00::7", 9090,
			List.of("demo.Orders", "demo.Returns"), InstanceState.DRAINING, 7, "north", "1.2", Map.of("lane", "blue"),
			Instant.parse("2026-03-01T10:15:30.123456789Z"), Map.of("note", "two\nlines\r\u2028\u0085 of größe \"1\""));

	private static final ServiceInstance PLAIN = ServiceInstance.of("i-2", "orders", "10.0.0.2", 9091);

	private final byte[] content = SnapshotFormat.write("blue", "orders", List.of(FULL, PLAIN));

	@Test
	void whatIsWrittenIsRead() {
		assertThat(SnapshotFormat.read("blue", "orders", this.content)).containsExactly(FULL, PLAIN);
	}

	@Test
	void whenThereAreNoInstancesThenNoneAreRead() {
		assertThat(SnapshotFormat.read("blue", "orders", SnapshotFormat.write("blue", "orders", List.of()))).isEmpty();
	}

	@Test
	void tenThousandInstancesAreFine() {
		List<ServiceInstance> many = IntStream.range(0, 10_000)
			.mapToObj((i) -> new ServiceInstance("i-" + i, "orders", "10.0.0.1", 1 + i, FULL.services(), FULL.state(),
					100, "north", "1.2", FULL.tags(), FULL.startedAt(), FULL.metadata()))
			.toList();
		byte[] large = SnapshotFormat.write("blue", "orders", many);
		assertThat(SnapshotFormat.read("blue", "orders", large)).isEqualTo(many);
		assertThat(large).hasSizeLessThan(SnapshotFormat.MAX_BYTES / 10);
	}

	@Test
	void theFileIsOneThatPeopleCanReadAndCheck() {
		assertThat(new String(SnapshotFormat.write("blue", "orders", List.of(PLAIN)), StandardCharsets.UTF_8))
			.isEqualTo("""
					rpc-snapshot 1 blue orders 1 a3449b0bf92fcfd83259387060e1e8574b341f30bb663ede28a5552434863242
					{"Op":0,"Addr":"10.0.0.2:9091","rpc":{"id":"i-2","app":"orders","services":[],"state":"UP",\
					"weight":100,"tags":{},"metadata":{}}}
					""");
	}

	@Test
	void whenCutOffAnywhereThenIsRefused() {
		for (int length = 0; length < this.content.length; length++) {
			assertRefused(Arrays.copyOf(this.content, length));
		}
	}

	@Test
	void whenOneBitIsWrongThenIsRefused() {
		for (int bit = 0; bit < this.content.length * Byte.SIZE; bit++) {
			byte[] damaged = this.content.clone();
			damaged[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
			assertRefused(damaged);
		}
	}

	@Test
	void whenSomethingFollowsThenIsRefused() {
		assertRefused(Arrays.copyOf(this.content, this.content.length + 1));
	}

	@Test
	void whenCutOffInTheHeaderThenTheReasonSaysSo() {
		assertRefused(Arrays.copyOf(this.content, 20), "no header (cut off, or not a snapshot)");
	}

	@Test
	void whenCutOffAfterTheHeaderThenTheReasonIsTheChecksum() {
		String header = SnapshotFormat.header(this.content);
		String checksum = header.substring(header.lastIndexOf(' ') + 1).trim();
		assertRefused(header.getBytes(StandardCharsets.UTF_8), "checksum: '" + checksum
				+ "' (expected: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "rpc-snapshot 1 | rpc-snapshot 2 | format version: '2' (expected: '1')",
					"rpc-snapshot   | sonnet         | header: 'sonnet' (expected: 'rpc-snapshot')",
					"1 blue orders 2 | 1 green orders 2 | namespace: 'green' (expected: 'blue')",
					"1 blue orders 2 | 1 blue Orders 2 | application: 'Orders' (expected: 'orders')",
					"1 blue orders 2 | 1 blue orders 3 | number of instances: '3' (expected: '2')",
					"1 blue orders 2 | 1 blue orders | fields in the header: '5' (expected: '6')" })
	void whenHeaderSaysSomethingElseThenTheReasonNamesIt(String part, String replacement, String reason) {
		String text = new String(this.content, StandardCharsets.UTF_8).replaceFirst(part, replacement);
		assertRefused(text.getBytes(StandardCharsets.UTF_8), reason);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "\n", " \n", "rpc-snapshot\n", "rpc-snapshot 1\n", "{\"Addr\":\"10.0.0.1:1\"}\n", "\0\0\n" })
	void whenIsSomethingElseThenIsRefused(String other) {
		assertRefused(other.getBytes(StandardCharsets.UTF_8));
	}

	private static void assertRefused(byte[] damaged, String reason) {
		assertThatIllegalArgumentException().isThrownBy(() -> SnapshotFormat.read("blue", "orders", damaged))
			.withMessage(reason);
	}

	private static void assertRefused(byte[] damaged) {
		assertThatIllegalArgumentException().isThrownBy(() -> SnapshotFormat.read("blue", "orders", damaged));
	}

}
