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

import java.util.List;

import io.rpcboot.registry.ServiceInstance;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When {@link SaveQueue} gives out which set. The clock begins just before its overflow.
 */
class SaveQueueTests {

	private static final long SECOND = SaveQueue.INTERVAL_NANOS;

	private final SaveQueue queue = new SaveQueue();

	private long now = Long.MAX_VALUE - SECOND / 2;

	@Test
	void whenNothingWaitsThenThereIsNothingToPoll() {
		assertThat(this.queue.poll(this.now)).isNull();
		assertThat(this.queue.pollNow()).isNull();
		assertThat(this.queue.nanosToNext(this.now)).isEqualTo(Long.MAX_VALUE);
	}

	@Test
	void theFirstSetDoesNotWait() {
		this.queue.put("a", set(1));
		assertThat(this.queue.nanosToNext(this.now)).isZero();
		assertThat(this.queue.poll(this.now)).isEqualTo(new PendingSave("a", set(1)));
		assertThat(this.queue.poll(this.now)).isNull();
	}

	@Test
	void theNextSetWaitsForTheSecondToPass() {
		this.queue.put("a", set(1));
		this.queue.poll(this.now);
		this.queue.put("a", set(2));
		this.now += SECOND - 1;
		assertThat(this.queue.poll(this.now)).isNull();
		assertThat(this.queue.nanosToNext(this.now)).isEqualTo(1);
		this.now += 1;
		assertThat(this.queue.poll(this.now)).isEqualTo(new PendingSave("a", set(2)));
	}

	@Test
	void whenSetsComeFasterThenTheLatestWins() {
		int polled = 0;
		for (int millis = 0; millis <= 5000; millis++) {
			this.queue.put("a", set(1 + millis));
			PendingSave save = this.queue.poll(this.now);
			if (save != null) {
				assertThat(save).isEqualTo(new PendingSave("a", set(1 + millis)));
				polled++;
			}
			this.now += SECOND / 1000;
		}
		assertThat(polled).isEqualTo(6);
	}

	@Test
	void applicationsDoNotWaitForEachOther() {
		this.queue.put("a", set(1));
		this.queue.poll(this.now);
		this.queue.put("a", set(2));
		this.queue.put("b", set(3));
		assertThat(this.queue.nanosToNext(this.now)).isZero();
		assertThat(this.queue.poll(this.now)).isEqualTo(new PendingSave("b", set(3)));
		assertThat(this.queue.nanosToNext(this.now)).isEqualTo(SECOND);
	}

	@Test
	void theOneThatWaitsLongestIsFirst() {
		this.queue.put("a", set(1));
		this.queue.put("b", set(2));
		this.queue.put("a", set(3));
		assertThat(this.queue.poll(this.now)).isEqualTo(new PendingSave("a", set(3)));
		assertThat(this.queue.poll(this.now)).isEqualTo(new PendingSave("b", set(2)));
	}

	@Test
	void atTheEndNothingWaitsForItsTime() {
		this.queue.put("a", set(1));
		this.queue.poll(this.now);
		this.queue.put("a", set(2));
		assertThat(this.queue.pollNow()).isEqualTo(new PendingSave("a", set(2)));
		assertThat(this.queue.pollNow()).isNull();
	}

	private static List<ServiceInstance> set(int port) {
		return List.of(ServiceInstance.of("id", "demo", "10.0.0.1", port));
	}

}
