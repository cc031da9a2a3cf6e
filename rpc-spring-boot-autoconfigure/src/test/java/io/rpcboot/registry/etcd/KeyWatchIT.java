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
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import io.etcd.jetcd.KeyValue;
import io.rpcboot.testing.TcpProxy;
import io.rpcboot.testing.etcd.EtcdServer;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a watch whose range cannot be compared.
 */
class KeyWatchIT extends AbstractEtcdTests {

	KeyWatchIT(EtcdServer etcd) {
		super(etcd);
	}

	@Test
	void whenAComparisonIsNotAnsweredThenTheWatchGoesOnAndComparesAgainLater() {
		this.store.put(key("a"), "x");
		try (TcpProxy network = new TcpProxy(URI.create(this.etcd.endpoint()));
				EtcdConnection connection = new EtcdConnection(settings(LONG_TTL, network.endpoint()), new Random(1))) {
			Content content = new Content();
			KeyWatch watch = new KeyWatch(connection, key(""), EtcdKeys.endOfPrefix(key("")), content, new Random(1));
			connection.execute(watch::list);
			await(REQUEST_TIMEOUT).until(() -> content.keys.equals(Set.of(key("a"))));
			on(connection, () -> content.breaks.set(0));
			network.freeze();
			on(connection, () -> {
				// What an event that never arrives leaves behind, for the next
				// comparison.
				ReflectionTestUtils.setField(watch, "records", new TreeMap<>());
				watch.refresh();
			});
			await(REQUEST_TIMEOUT.multipliedBy(2)).until(() -> !this.log.lines(Level.WARN).isEmpty());
			on(connection, () -> assertThat(content.breaks).hasValue(0));
			content.keys = Set.of();
			network.thaw();
			await(REQUEST_TIMEOUT.multipliedBy(3)).until(() -> content.keys.equals(Set.of(key("a"))));
			assertThat(content.breaks).as("read anew").hasValue(1);
			on(connection, watch::close);
		}
	}

	private static void on(EtcdConnection connection, Runnable task) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		connection.execute(() -> {
			try {
				task.run();
				done.complete(null);
			}
			catch (RuntimeException | Error ex) {
				done.completeExceptionally(ex);
			}
		});
		done.orTimeout(5, TimeUnit.SECONDS).join();
	}

	private static final class Content implements KeyWatchListener {

		private final AtomicInteger breaks = new AtomicInteger();

		private volatile Set<String> keys = Set.of();

		@Override
		public void onRecords(SortedMap<String, KeyValue> records, long revision) {
			this.keys = Set.copyOf(records.keySet());
		}

		@Override
		public void onBroken() {
			this.breaks.incrementAndGet();
		}

		@Override
		public void onUnavailable(Throwable failure) {
		}

	}

}
