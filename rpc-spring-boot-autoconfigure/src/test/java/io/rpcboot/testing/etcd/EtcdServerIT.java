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

package io.rpcboot.testing.etcd;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.kv.GetResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link EtcdServer} and {@link EtcdExtension}.
 */
@EtcdTest
class EtcdServerIT {

	private static final ByteSequence KEY = bytes("/etcd-server-it/key");

	private final EtcdServer etcd;

	private Client client;

	EtcdServerIT(EtcdServer etcd) {
		this.etcd = etcd;
	}

	@BeforeEach
	void connect() {
		this.client = newClient();
	}

	@AfterEach
	void disconnect() {
		this.client.close();
	}

	@Test
	void whenStartedThenAnswers(EtcdServer parameter) throws Exception {
		assertThat(parameter).isSameAs(this.etcd);
		put("one");
		assertThat(get()).isEqualTo("one");
	}

	@Test
	void whenKilledAndRestartedThenKeepsDataAndEndpoint() throws Exception {
		put("kept");
		String endpoint = this.etcd.endpoint();
		this.etcd.kill();
		this.etcd.start();
		assertThat(this.etcd.endpoint()).isEqualTo(endpoint);
		assertThat(getWithNewClient()).isEqualTo("kept");
	}

	@Test
	void whenPausedThenIsSilentUntilResumed() throws Exception {
		put("paused");
		this.etcd.pause();
		CompletableFuture<GetResponse> answer = kv().get(KEY);
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> answer.get(500, TimeUnit.MILLISECONDS));
		this.etcd.resume();
		assertThat(text(await(answer))).isEqualTo("paused");
	}

	@Test
	void whenStoppedWhilePausedThenRestarts() throws Exception {
		put("restarted");
		this.etcd.pause();
		this.etcd.restart();
		assertThat(getWithNewClient()).isEqualTo("restarted");
	}

	@Test
	void whenWipedThenIsEmpty() throws Exception {
		put("wiped");
		this.etcd.stop();
		this.etcd.wipe();
		this.etcd.start();
		assertThat(getWithNewClient()).isEmpty();
	}

	@Test
	void whenWipedWhileRunningThenFails() {
		assertThatIllegalStateException().isThrownBy(this.etcd::wipe).withMessage("etcd: running (expected: stopped)");
	}

	private void put(String value) throws Exception {
		await(kv().put(KEY, bytes(value)));
	}

	private String get() throws Exception {
		return text(await(kv().get(KEY)));
	}

	// The first client may be waiting out the back-off that the outage cost it.
	private String getWithNewClient() throws Exception {
		try (Client newClient = newClient()) {
			return text(await(newClient.getKVClient().get(KEY)));
		}
	}

	private KV kv() {
		return this.client.getKVClient();
	}

	private Client newClient() {
		return Client.builder().endpoints(this.etcd.endpoint()).build();
	}

	private static <T> T await(CompletableFuture<T> future) throws Exception {
		return future.get(10, TimeUnit.SECONDS);
	}

	private static String text(GetResponse response) {
		return response.getKvs().isEmpty() ? "" : response.getKvs().get(0).getValue().toString(StandardCharsets.UTF_8);
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

}
