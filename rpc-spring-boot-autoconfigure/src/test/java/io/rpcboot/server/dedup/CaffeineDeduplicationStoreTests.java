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

package io.rpcboot.server.dedup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CaffeineDeduplicationStore}: bounded in bytes and in time, and never
 * silent about what it has forgotten.
 */
class CaffeineDeduplicationStoreTests {

	private static final Duration RETENTION = Duration.ofSeconds(60);

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final FakeTime time = new FakeTime();

	private final CaffeineDeduplicationStore store = new CaffeineDeduplicationStore(100_000, RETENTION, this.time);

	@Test
	void whenACallIsRecordedThenItIsFoundUntilItsTimeIsOver() {
		RecordedCall call = answer(10);
		this.store.record(key(1), call, Duration.ZERO);
		this.time.pass(RETENTION.minusMillis(1));
		assertThat(this.store.isKnown(key(1))).isTrue();
		assertThat(this.store.find(key(1))).isSameAs(call);
		this.time.pass(Duration.ofMillis(1));
		assertThat(this.store.isKnown(key(1))).isFalse();
		assertThat(this.store.find(key(1))).isNull();
		assertThat(this.store.bytes()).isZero();
		assertThat(this.store.evicted()).as("before their time").isZero();
	}

	@Test
	void doesNotTakeTheIdsOfOtherCallersAndClientsForTheSame() {
		this.store.record(new RequestKey("shop", "c-1", "r-1"), answer(1), Duration.ZERO);
		assertThat(this.store.find(new RequestKey("shop", "c-2", "r-1"))).isNull();
		assertThat(this.store.find(new RequestKey("mall", "c-1", "r-1"))).isNull();
		assertThat(this.store.find(new RequestKey("shop", "c-1", "r-1"))).isNotNull();
	}

	@Test
	void whenItIsFullThenTheOldestGoFirstHoweverOftenTheyWereAskedFor() {
		for (int i = 0; i < 30; i++) {
			this.store.record(key(i), answer(9_000), Duration.ZERO);
			assertThat(this.store.bytes()).isBetween(1L, 100_000L);
			for (int asked = 0; asked < 20; asked++) {
				this.store.find(key(0));
			}
			this.time.pass(SECOND);
		}
		assertThat(this.store.evicted()).isEqualTo(20);
		for (int i = 0; i < 30; i++) {
			assertThat(this.store.isKnown(key(i))).as("call %d", i).isEqualTo(i >= 20);
		}
	}

	@Test
	void whenItIsFullThenRoomIsMadeForMoreThanOneCall() {
		CaffeineDeduplicationStore large = new CaffeineDeduplicationStore(1_024_000, RETENTION, this.time);
		int recorded = 0;
		while (large.evicted() == 0) {
			large.record(key(recorded++), answer(400), Duration.ZERO);
		}
		assertThat(large.bytes()).isBetween(1_024_000L * 254 / 256, 1_024_000L * 255 / 256);
		long evicted = large.evicted();
		assertThat(evicted).isGreaterThan(3);
		for (int i = 1; i < evicted; i++) {
			large.record(key(recorded++), answer(400), Duration.ZERO);
		}
		assertThat(large.evicted()).isEqualTo(evicted);
	}

	@Test
	void whenACallWasEvictedThenNothingAsOldIsRemembered() {
		assertThat(this.store.remembers(Duration.ofSeconds(40))).isTrue();
		this.store.record(key(1), answer(60_000), SECOND);
		this.time.pass(Duration.ofSeconds(20));
		this.store.record(key(2), answer(60_000), SECOND);
		assertThat(this.store.evicted()).isOne();
		// It began 21 seconds ago; an attempt may have been on its way for 10.
		assertThat(this.store.remembers(Duration.ofSeconds(11))).isFalse();
		assertThat(this.store.remembers(Duration.ofSeconds(11).minusNanos(1))).isTrue();
		this.time.pass(SECOND);
		assertThat(this.store.remembers(Duration.ofSeconds(11))).isTrue();
	}

	@Test
	void whenACallEndsItsTimeThenNothingAsOldIsRemembered() {
		assertThat(this.store.remembers(Duration.ofSeconds(50).minusNanos(1))).isTrue();
		assertThat(this.store.remembers(Duration.ofSeconds(50))).as("10 s on its way").isFalse();
		CaffeineDeduplicationStore brief = new CaffeineDeduplicationStore(1000, Duration.ofSeconds(4), this.time);
		assertThat(brief.remembers(Duration.ofSeconds(3).minusNanos(1))).isTrue();
		assertThat(brief.remembers(Duration.ofSeconds(3))).as("a quarter of the time on its way").isFalse();
	}

	@Test
	void whenAnAnswerIsLargerThanTheStoreThenOnlyThatOneIsForgotten() {
		this.store.record(key(1), answer(50_000), Duration.ZERO);
		this.time.pass(Duration.ofSeconds(20));
		this.store.record(key(2), answer(100_000), SECOND);
		assertThat(this.store.isKnown(key(1))).isTrue();
		assertThat(this.store.isKnown(key(2))).isFalse();
		assertThat(this.store.evicted()).isOne();
		assertThat(this.store.remembers(Duration.ZERO)).isFalse();
	}

	@Test
	void whenAnAnswerIsAcknowledgedThenItsBytesGoAtOnceButNotThatItRan() {
		this.store.record(key(1), answer(50_000), Duration.ZERO);
		this.store.acknowledge(key(1));
		this.store.acknowledge(key(1));
		this.store.acknowledge(key(2));
		assertThat(this.store.bytes()).isLessThan(1500);
		assertThat(this.store.evicted()).isZero();
		RecordedCall rest = this.store.find(key(1));
		assertThat(rest).isNotNull();
		assertThat(rest.message()).isNull();
		assertThat(rest.fingerprint()).isEqualTo("f");
		assertThat(rest.status().getCode()).isEqualTo(Status.Code.ABORTED);
		assertThat(rest.status().getDescription())
			.isEqualTo("The call ran, and its client has acknowledged the answer");
		assertThat(this.store.isKnown(key(2))).isFalse();
		this.time.pass(RETENTION);
		assertThat(this.store.bytes()).isZero();
	}

	@Test
	void countsHeadersTrailersAndDescriptionsToo() {
		Metadata large = new Metadata();
		large.put(Metadata.Key.of("text", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(1000));
		large.put(Metadata.Key.of("bytes-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[1000]);
		this.store.record(key(1),
				new RecordedCall("f", large, null, Status.NOT_FOUND.withDescription("x".repeat(1000)), large),
				Duration.ZERO);
		assertThat(this.store.bytes()).isBetween(6000L, 7000L);
	}

	@Test
	void whenManyRecordAtOnceThenItStaysBoundedAndForgetsNothingSilently() {
		List<CompletableFuture<Void>> recording = new ArrayList<>();
		for (int thread = 0; thread < 8; thread++) {
			int first = thread * 1000;
			recording.add(CompletableFuture.runAsync(() -> {
				for (int i = first; i < first + 1000; i++) {
					this.store.record(key(i), answer(1000), Duration.ZERO);
					if (i % 3 == 0) {
						this.store.acknowledge(key(i));
					}
				}
			}));
		}
		recording.forEach(CompletableFuture::join);
		assertThat(this.store.bytes()).isBetween(1L, 100_000L);
		int known = 0;
		for (int i = 0; i < 8000; i++) {
			known += this.store.isKnown(key(i)) ? 1 : 0;
		}
		assertThat(this.store.evicted()).isEqualTo(8000 - known);
		this.time.pass(RETENTION);
		assertThat(this.store.bytes()).isZero();
	}

	private static RequestKey key(int number) {
		return new RequestKey("shop", "c-1", "r-" + number);
	}

	private static RecordedCall answer(int bytes) {
		return new RecordedCall("f", null, ByteString.copyFrom(new byte[bytes]), Status.OK, new Metadata());
	}

}
