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

package io.rpcboot.registry;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ServiceInstanceJson}.
 */
class ServiceInstanceJsonTests {

	private static final ServiceInstance FULL = new ServiceInstance("4711", "demo-provider", "10.0.0.7", 9090,
			List.of("demo.Greeter", "demo.Clock"), InstanceState.DRAINING, 250, "az1", "1.4.2",
			Map.of("lane", "blue", "tier", "gold"), Instant.parse("2026-11-21T10:00:00Z"), Map.of("owner", "a \"b\""));

	private static final String FULL_JSON = "{\"Op\":0,\"Addr\":\"10.0.0.7:9090\",\"rpc\":{\"id\":\"4711\","
			+ "\"app\":\"demo-provider\",\"services\":[\"demo.Greeter\",\"demo.Clock\"],\"state\":\"DRAINING\","
			+ "\"weight\":250,\"zone\":\"az1\",\"version\":\"1.4.2\",\"tags\":{\"lane\":\"blue\",\"tier\":\"gold\"},"
			+ "\"startedAt\":\"2026-11-21T10:00:00Z\",\"metadata\":{\"owner\":\"a \\\"b\\\"\"}}}";

	@Test
	void whenEverythingIsKnownThenWritesAllOfIt() {
		assertThat(ServiceInstanceJson.write(FULL)).isEqualTo(FULL_JSON);
	}

	@Test
	void whenOnlyAddressIsKnownThenLeavesOutWhatIsMissing() {
		assertThat(ServiceInstanceJson.write(ServiceInstance.of("a", "demo", "10.0.0.1", 80)))
			.isEqualTo("{\"Op\":0,\"Addr\":\"10.0.0.1:80\",\"rpc\":{\"id\":\"a\",\"app\":\"demo\",\"services\":[],"
					+ "\"state\":\"UP\",\"weight\":100,\"tags\":{},\"metadata\":{}}}");
	}

	@Test
	void whenHostIsIpv6ThenWritesBrackets() {
		assertThat(ServiceInstanceJson.write(ServiceInstance.of("a", "demo", "fd00::7", 80)))
			.startsWith("{\"Op\":0,\"Addr\":\"[fd00::7]:80\",");
	}

	@Test
	void whenReadThenIsWhatWasWritten() {
		assertThat(ServiceInstanceJson.read("demo-provider", "key", FULL_JSON)).isEqualTo(FULL);
	}

	@ParameterizedTest
	@ValueSource(strings = { "10.0.0.1", "demo.example.org", "fd00::7", "::1" })
	void whenHostIsOfAnyKindThenReadsWhatWasWritten(String host) {
		ServiceInstance instance = ServiceInstance.of("a", "demo", host, 65535);
		assertThat(ServiceInstanceJson.read("demo", "a", ServiceInstanceJson.write(instance))).isEqualTo(instance);
	}

	@Test
	void whenRecordIsOfGoThenAddressIsEnough() {
		assertThat(ServiceInstanceJson.read("demo", "go-1", "{\"Op\":0,\"Addr\":\"10.0.0.1:9000\",\"Metadata\":null}"))
			.isEqualTo(ServiceInstance.of("go-1", "demo", "10.0.0.1", 9000));
	}

	@Test
	void whenForeignRecordHasMetadataThenItIsPassedOver() {
		assertThat(ServiceInstanceJson.read("demo", "go-1",
				"{\"Op\":0,\"Addr\":\"10.0.0.1:9000\",\"Metadata\":{\"weight\":[1]}}"))
			.isEqualTo(ServiceInstance.of("go-1", "demo", "10.0.0.1", 9000));
	}

	@Test
	void whenFieldsAreUnknownThenTheyArePassedOver() {
		assertThat(ServiceInstanceJson.read("demo", "a",
				"{\"New\":[1],\"Addr\":\"10.0.0.1:9000\",\"rpc\":{\"new\":{\"x\":1},\"zone\":\"az1\"}}"))
			.isEqualTo(new ServiceInstance("a", "demo", "10.0.0.1", 9000, List.of(), InstanceState.UP, 100, "az1", null,
					Map.of(), null, Map.of()));
	}

	@Test
	void whenFieldsAreNullThenTheyAreMissing() {
		assertThat(ServiceInstanceJson.read("demo", "a",
				"{\"Addr\":\"10.0.0.1:9000\",\"rpc\":{\"id\":null,\"services\":null,\"state\":null,\"weight\":null,"
						+ "\"zone\":null,\"tags\":{\"x\":null},\"startedAt\":null}}"))
			.isEqualTo(ServiceInstance.of("a", "demo", "10.0.0.1", 9000));
	}

	@Test
	void whenApplicationOfRecordIsAnotherThenTheKeyCounts() {
		assertThat(ServiceInstanceJson.read("demo", "a", FULL_JSON).application()).isEqualTo("demo");
	}

	@Test
	void whenStateIsOfALaterVersionThenIsDraining() {
		assertThat(ServiceInstanceJson.read("demo", "a", "{\"Addr\":\"h:1\",\"rpc\":{\"state\":\"PAUSED\"}}").state())
			.isEqualTo(InstanceState.DRAINING);
	}

	@ParameterizedTest
	@MethodSource("rubbish")
	void whenRecordIsNotUsableThenSaysWhy(String json, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> ServiceInstanceJson.read("demo", "a", json))
			.withMessage(message);
	}

	static Stream<Arguments> rubbish() {
		return Stream.of(Arguments.of("", "not a JSON object"), Arguments.of("null", "not a JSON object"),
				Arguments.of("10.0.0.1:9000", "not JSON"), Arguments.of("rubbish", "not a JSON object"),
				Arguments.of("[]", "not a JSON object"), Arguments.of("{\"Addr\":\"h:1\"", "not JSON"),
				Arguments.of("{\"Addr\":\"h:1\"} x", "not JSON"),
				Arguments.of("{}", "no Addr (expected: \"host:port\")"),
				Arguments.of("{\"Addr\":null}", "no Addr (expected: \"host:port\")"),
				Arguments.of("{\"Addr\":{}}", "Addr: {} (expected: a text)"),
				Arguments.of("{\"Addr\":\"\"}", "Addr: '' (expected: host:port)"),
				Arguments.of("{\"Addr\":\"h\"}", "Addr: 'h' (expected: host:port)"),
				Arguments.of("{\"Addr\":\":80\"}", "Addr: ':80' (expected: host:port)"),
				Arguments.of("{\"Addr\":\"[]:80\"}", "Addr: '[]:80' (expected: host:port)"),
				Arguments.of("{\"Addr\":\"h:\"}", "Addr: 'h:' (expected: a whole number)"),
				Arguments.of("{\"Addr\":\"h:http\"}", "Addr: 'h:http' (expected: a whole number)"),
				Arguments.of("{\"Addr\":\"h:0\"}", "Addr: 'h:0' (expected: host:port)"),
				Arguments.of("{\"Addr\":\"h:65536\"}", "Addr: 'h:65536' (expected: host:port)"),
				rpc("{\"id\":\"\"}", "id: '' (expected: a non-empty text)"),
				rpc("{\"id\":[]}", "id: [] (expected: a text)"), rpc("{\"state\":{}}", "state: {} (expected: a text)"),
				rpc("{\"weight\":\"heavy\"}", "weight: 'heavy' (expected: a whole number)"),
				rpc("{\"weight\":1.5}", "weight: '1.5' (expected: a whole number)"),
				rpc("{\"weight\":0}", "weight: '0' (expected: >= 1)"),
				rpc("{\"weight\":-1}", "weight: '-1' (expected: >= 1)"),
				rpc("{\"zone\":[]}", "zone: [] (expected: a text)"),
				rpc("{\"version\":{}}", "version: {} (expected: a text)"),
				rpc("{\"services\":[{}]}", "services: {} (expected: a text)"),
				rpc("{\"services\":[\"x\",null]}", "services: null (expected: a text)"),
				rpc("{\"tags\":{\"lane\":{}}}", "lane: {} (expected: a text)"),
				rpc("{\"metadata\":{\"owner\":[1]}}", "owner: [1] (expected: a text)"),
				rpc("{\"startedAt\":\"today\"}", "startedAt: 'today' (expected: an ISO-8601 instant)"));
	}

	private static Arguments rpc(String rpc, String message) {
		return Arguments.of("{\"Addr\":\"h:1\",\"rpc\":" + rpc + "}", message);
	}

}
