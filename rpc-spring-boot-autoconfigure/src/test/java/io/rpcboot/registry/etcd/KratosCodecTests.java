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

package io.rpcboot.registry.etcd;

import java.util.List;
import java.util.Map;

import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link KratosCodec}, with records as {@code contrib/registry/etcd} writes
 * them: Go's JSON of {@code registry.ServiceInstance}.
 */
class KratosCodecTests {

	private static final String ID = "c1b0f1f6-6f3a-11f0-9d0c-0242ac120002";

	private final KratosCodec codec = new KratosCodec();

	@Test
	void readsWhatAnApplicationRegisters() {
		assertThat(read("{\"id\":\"" + ID + "\",\"name\":\"order\",\"version\":\"v1.2.0\","
				+ "\"metadata\":{\"lane\":\"blue\",\"weight\":\"30\"},"
				+ "\"endpoints\":[\"http://10.0.0.7:8000\",\"grpc://10.0.0.7:9000\"]}"))
			.isEqualTo(new ServiceInstance(ID, "order", "10.0.0.7", 9000, List.of(), InstanceState.UP, 30, null,
					"v1.2.0", Map.of(), null, Map.of("lane", "blue", "weight", "30")));
	}

	@Test
	void whenNothingWasSaidThenItIsAsGoWritesIt() {
		assertThat(read("{\"id\":\"" + ID + "\",\"name\":\"order\",\"version\":\"\",\"metadata\":null,"
				+ "\"endpoints\":[\"grpc://10.0.0.7:9000\"]}"))
			.isEqualTo(ServiceInstance.of(ID, "order", "10.0.0.7", 9000));
	}

	@ParameterizedTest
	@CsvSource({ "grpc://10.0.0.7:9000?isSecure=false,10.0.0.7", "grpc://10.0.0.7:9000?isSecure=true,10.0.0.7",
			"grpcs://10.0.0.7:9000,10.0.0.7", "grpc://10.0.0.7:9000/,10.0.0.7",
			"grpc://10.0.0.7:9000?a=b\\u0026c=d,10.0.0.7", "grpc://pod_a.order:9000,pod_a.order",
			"grpc://[2001:db8::7]:9000,2001:db8::7" })
	void readsEndpointsOfAllVersions(String endpoint, String host) {
		assertThat(read(record("[\"" + endpoint + "\"]"))).isEqualTo(ServiceInstance.of(ID, "order", host, 9000));
	}

	@Test
	void whenServedWithAndWithoutTlsThenIsCalledWithout() {
		assertThat(read(record("[\"grpcs://10.0.0.7:9443\",\"grpc://10.0.0.7:9000\",\"grpc://10.0.0.7:9001\"]")))
			.isEqualTo(ServiceInstance.of(ID, "order", "10.0.0.7", 9000));
	}

	@ParameterizedTest
	@ValueSource(strings = { "[\"http://10.0.0.7:8000\"]", "[\"https://x\",\"ws://y\"]", "[]", "null",
			"[\"grpc-web://10.0.0.7:8000\"]", "[\"\"]" })
	void whenThereIsNoEndpointForGrpcThenIsNoInstance(String endpoints) {
		assertThat(read(record(endpoints))).isNull();
	}

	/** Kratos' own consumers compare the name instead. */
	@Test
	void whenKeyIsThatOfALongerNameThenIsAnothersInstance() {
		String record = record("[\"grpc://10.0.0.7:9000\"]").replace("\"name\":\"order\"",
				"\"name\":\"order/history\"");
		assertThat(this.codec.read("order", "history/" + ID, record)).isNull();
	}

	@Test
	void whenApplicationHasAnotherNameHereThenItIsTheInstances() {
		assertThat(this.codec.read("orders", ID, record("[\"grpc://10.0.0.7:9000\"]")))
			.isEqualTo(ServiceInstance.of(ID, "orders", "10.0.0.7", 9000));
	}

	@Test
	void whenIdHasASlashThenItIsStillTheIdOfTheKey() {
		String record = record("[\"grpc://10.0.0.7:9000\"]").replace(ID, "rack-1/host-2");
		assertThat(this.codec.read("order", "rack-1/host-2", record))
			.isEqualTo(ServiceInstance.of("rack-1/host-2", "order", "10.0.0.7", 9000));
	}

	@ParameterizedTest
	@CsvSource({ "0,100", "1,1", "2147483647,2147483647", "2147483648,100", "-1,100", "many,100", "'',100", "1.5,100" })
	void whenWeightIsNoNumberThenItIsTheDefault(String text, int weight) {
		ServiceInstance instance = read(record("[\"grpc://10.0.0.7:9000\"]").replace("\"metadata\":null",
				"\"metadata\":{\"weight\":\"" + text + "\"}"));
		assertThat(instance).extracting(ServiceInstance::weight).isEqualTo(weight);
	}

	@Test
	void keyIsKratosUnlessSaidOtherwise() {
		assertThat(this.codec.name()).isEqualTo("kratos");
		assertThat(this.codec.defaultKey("order")).isEqualTo("/microservices/order");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "`` | not a JSON object", "{ | not JSON", "[] | not a JSON object", "10.0.0.7:9000 | not JSON",
					"null | not a JSON object", "{} | no id (expected: a record of Kratos)",
					"{\"Op\":0,\"Addr\":\"10.0.0.7:9000\"} | no id (expected: a record of Kratos)",
					"{\"id\":7} | id: 7 (expected: a text)", "{\"id\":{}} | id: {} (expected: a text)" })
	void whenRecordIsNotOfKratosThenSaysWhatWasExpected(String value, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> read(value)).withMessage(message);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"\"grpc://10.0.0.7:9000\" | endpoints: \"grpc://10.0.0.7:9000\" "
					+ "(expected: a list with \"grpc://host:port\")",
			"[{}] | endpoints: {} (expected: a text)",
			"[\"grpc://10.0.0.7\"] | endpoints: 'grpc://10.0.0.7' (expected: grpc://host:port)",
			"[\"grpc://\"] | endpoints: 'grpc://' (expected: grpc://host:port)",
			"[\"grpcs://:9000\"] | endpoints: 'grpcs://:9000' (expected: grpcs://host:port)",
			"[\"grpc://10.0.0.7:0\"] | endpoints: 'grpc://10.0.0.7:0' (expected: grpc://host:port)",
			"[\"grpc://[::]:9000\"] | endpoints: 'grpc://[::]:9000' " + "(expected: an address that others can dial)" })
	void whenEndpointIsWrongThenItIsNamed(String endpoints, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> read(record(endpoints))).withMessage(message);
	}

	@Test
	void whenEndpointsAreMissingThenSaysWhatWasExpected() {
		assertThatIllegalArgumentException().isThrownBy(() -> read("{\"id\":\"" + ID + "\"}"))
			.withMessage("endpoints: null (expected: a list with \"grpc://host:port\")");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "[] | metadata: [] (expected: an object of texts)",
					"{\"a\":[]} | metadata.a: [] (expected: a text)",
					"{\"weight\":30} | metadata.weight: 30 (expected: a text)" })
	void whenMetadataIsWrongThenItIsNamed(String metadata, String message) {
		String record = record("[\"grpc://10.0.0.7:9000\"]").replace("\"metadata\":null", "\"metadata\":" + metadata);
		assertThatIllegalArgumentException().isThrownBy(() -> read(record)).withMessage(message);
	}

	private ServiceInstance read(String value) {
		return this.codec.read("order", ID, value);
	}

	private static String record(String endpoints) {
		return "{\"id\":\"" + ID + "\",\"name\":\"order\",\"version\":\"\",\"metadata\":null,\"endpoints\":" + endpoints
				+ "}";
	}

}
