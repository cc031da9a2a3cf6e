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

import java.net.URI;
import java.util.List;

import io.rpcboot.registry.RegistryUnderTest;
import io.rpcboot.testing.ChildJvm;
import io.rpcboot.testing.etcd.EtcdServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * That a process which registers and watches does not start the Netty that comes with
 * jetcd: looked at in a process of its own, because the tests use that Netty.
 */
class OneNettyIT extends AbstractEtcdTests {

	private static final String THREADS = "threads: ";

	OneNettyIT(EtcdServer etcd) {
		super(etcd);
	}

	@Test
	void jetcdsOwnTransportIsNotStarted() {
		try (ChildJvm process = ChildJvm.start(Watcher.class, List.of(this.etcd.endpoint(), this.namespace))) {
			process.awaitLine(THREADS);
			assertThat(process.lines()).filteredOn((line) -> line.startsWith(THREADS))
				.singleElement()
				.asString()
				.contains(" java.lang.Thread ", " io.grpc.netty.shaded.io.netty.util.concurrent.FastThreadLocalThread ")
				.doesNotContain(" io.netty.", " io.vertx.");
		}
	}

	/**
	 * Registers itself, finds itself and says of which types its threads are.
	 */
	public static final class Watcher {

		private Watcher() {
		}

		public static void main(String[] args) {
			RegistryUnderTest registry = RegistryUnderTest.of(new EtcdRegistry(
					new EtcdSettings(List.of(URI.create(args[0])), null, null, args[1], LONG_TTL, REQUEST_TIMEOUT)));
			registry.register(instance("a", 1));
			registry.watch("demo").awaitIds("a");
			StringBuilder types = new StringBuilder(THREADS);
			Thread.getAllStackTraces()
				.keySet()
				.forEach((thread) -> types.append(' ').append(thread.getClass().getName()).append(' '));
			System.out.println(types);
			registry.close();
		}

	}

}
