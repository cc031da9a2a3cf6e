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

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link EtcdClient} and for when it connects, against a port that only takes
 * connections.
 */
@Timeout(30)
class EtcdClientTests {

	/** What a client of HTTP/2 says first. */
	private static final String PREFACE = "PRI * HTTP/2.0";

	private ServerSocket etcd;

	private EtcdRegistry registry;

	@BeforeEach
	void listen() throws IOException {
		this.etcd = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
		this.registry = new EtcdRegistry(
				new EtcdSettings(List.of(URI.create("http://127.0.0.1:" + this.etcd.getLocalPort())), null, null,
						"default", Duration.ofSeconds(15), Duration.ofSeconds(2)));
	}

	@AfterEach
	void close() throws IOException {
		this.registry.close();
		this.etcd.close();
	}

	@Test
	void whenPreparedThenConnectsBeforeThereIsAnythingToAsk() throws IOException {
		this.registry.prepare();
		try (Socket connection = this.etcd.accept()) {
			byte[] begin = connection.getInputStream().readNBytes(PREFACE.length());
			assertThat(new String(begin, StandardCharsets.US_ASCII)).isEqualTo(PREFACE);
		}
	}

	@Test
	void whenNobodyListensThenPreparingThrowsNothing() throws IOException {
		this.etcd.close();
		assertThatNoException().isThrownBy(this.registry::prepare);
	}

}
