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
import java.util.SortedMap;
import java.util.TreeMap;

import ch.qos.logback.classic.Level;
import com.google.protobuf.ByteString;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InstanceRecords}.
 */
class InstanceRecordsTests {

	private static final String PREFIX = "/rpc/default/demo/";

	private final RecordedLog log = new RecordedLog();

	private final InstanceRecords records = new InstanceRecords("demo", PREFIX, new EtcdNamingCodec());

	private final SortedMap<String, KeyValue> content = new TreeMap<>();

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	@Test
	void whenThereAreNoneThenIsEmpty() {
		assertThat(instances()).isEmpty();
	}

	@Test
	void tellsWhatEtcdKnowsOfTheRecord() {
		put("a", 7, json("a", 1));
		assertThat(this.records.read(this.content)).containsExactly(
				Map.entry(PREFIX + "a", new InstanceRecord(ServiceInstance.of("a", "demo", "10.0.0.1", 1), 7, 70)));
	}

	@Test
	void whenRecordIsDeletedThenItsLastContentCanBeRead() {
		put("a", 7, json("a", 1));
		KeyValue last = this.content.get(PREFIX + "a");
		assertThat(this.records.readLast(last)).isEqualTo(ServiceInstance.of("a", "demo", "10.0.0.1", 1));
	}

	@Test
	void whenRecordStaysUnreadableThenWarnsOnce() {
		put("a", 5, "{");
		put("b", 6, json("b", 1));
		for (int i = 0; i < 3; i++) {
			assertThat(ids()).containsExactly("b");
		}
		assertThat(this.log.lines(Level.WARN))
			.containsExactly("Record /rpc/default/demo/a in etcd cannot be read: not JSON. It is left out");
		put("a", 5, "[");
		instances();
		assertThat(this.log.lines(Level.WARN)).hasSize(2);
	}

	@Test
	void whenUnreadableRecordIsLongThenTheWarningIsNot() {
		put("a", 5, "{\"Addr\":\"" + "x".repeat(10_000) + "\"}");
		assertThat(instances()).isEmpty();
		assertThat(this.log.lines(Level.WARN)).singleElement().asString().hasSizeLessThan(300);
	}

	@Test
	void whenRecordIsDeletedThenItsLastGoodContentIsForgotten() {
		put("a", 5, json("a", 1));
		assertThat(ids()).containsExactly("a");
		this.content.clear();
		assertThat(ids()).isEmpty();
		put("a", 7, "garbage");
		assertThat(ids()).isEmpty();
	}

	@Test
	void whenRevisionIsTheSameThenTheValueDecides() {
		put("a", 5, json("a", 1));
		instances();
		put("a", 5, json("a", 2));
		assertThat(instances()).containsExactly(ServiceInstance.of("a", "demo", "10.0.0.1", 2));
	}

	@Test
	void whenKeyIsThePrefixItselfThenIsLeftOut() {
		put("", 5, "{\"Addr\":\"10.0.0.1:1\"}");
		put("deeper/key", 6, "{\"Addr\":\"10.0.0.1:2\"}");
		assertThat(ids()).containsExactly("deeper/key");
	}

	@Test
	void whenRecordIsAtTheLimitThenIsRead() {
		String json = json("a", 1);
		put("a", 5, json + " ".repeat(64 * 1024 - json.length()));
		put("b", 6, json("b", 2) + " ".repeat(64 * 1024));
		assertThat(ids()).containsExactly("a");
	}

	@Test
	void whenRecordIsNoInstanceThenIsLeftOutAndSaidOnce() {
		InstanceRecords kratos = new InstanceRecords("demo", PREFIX, new KratosCodec());
		put("a", 5, kratos("a", "grpc://10.0.0.1:1"));
		put("b", 6, kratos("b", "http://10.0.0.1:8000"));
		for (int i = 0; i < 3; i++) {
			assertThat(instances(kratos)).extracting(ServiceInstance::id).containsExactly("a");
		}
		assertThat(this.log.lines(Level.INFO)).containsExactly("Record /rpc/default/demo/b in etcd is no instance of "
				+ "demo that can be called by gRPC. It is left out");
		assertThat(this.log.lines(Level.WARN)).isEmpty();
	}

	@Test
	void whenRecordIsNoInstanceAnyMoreThenItsLastContentDoesNotStay() {
		InstanceRecords kratos = new InstanceRecords("demo", PREFIX, new KratosCodec());
		put("a", 5, kratos("a", "grpc://10.0.0.1:1"));
		assertThat(instances(kratos)).hasSize(1);
		put("a", 5, kratos("a", "http://10.0.0.1:8000"));
		assertThat(instances(kratos)).isEmpty();
	}

	private static String kratos(String id, String endpoint) {
		return "{\"id\":\"" + id + "\",\"name\":\"demo\",\"version\":\"\",\"metadata\":null,\"endpoints\":[\""
				+ endpoint + "\"]}";
	}

	private void put(String id, long createRevision, String value) {
		this.content.put(PREFIX + id,
				new KeyValue(io.etcd.jetcd.api.KeyValue.newBuilder()
					.setKey(ByteString.copyFromUtf8(PREFIX + id))
					.setValue(ByteString.copyFromUtf8(value))
					.setCreateRevision(createRevision)
					.setModRevision(createRevision)
					.setLease(createRevision * 10)
					.build(), ByteSequence.EMPTY));
	}

	private List<ServiceInstance> instances() {
		return instances(this.records);
	}

	private List<ServiceInstance> instances(InstanceRecords read) {
		return read.read(this.content).values().stream().map(InstanceRecord::instance).toList();
	}

	private List<String> ids() {
		return instances().stream().map(ServiceInstance::id).toList();
	}

	private static String json(String id, int port) {
		return ServiceInstanceJson.write(ServiceInstance.of(id, "demo", "10.0.0.1", port));
	}

}
