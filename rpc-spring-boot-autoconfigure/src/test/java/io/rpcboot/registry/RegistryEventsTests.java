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

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RegistryEvents}.
 */
class RegistryEventsTests {

	private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

	private final RegistryEvents events = new RegistryEvents(Clock.fixed(NOW, ZoneOffset.UTC));

	@Test
	void tellsTheOldestFirstAndWhen() {
		this.events.add("one");
		this.events.add("two");
		assertThat(this.events.last()).containsExactly(new RegistryEvent(NOW, "one"), new RegistryEvent(NOW, "two"));
	}

	@Test
	void whenThereAreTooManyThenTheOldestAreForgotten() {
		for (int i = 0; i < RegistryEvents.KEPT + 5; i++) {
			this.events.add("event " + i);
		}
		assertThat(this.events.last()).hasSize(RegistryEvents.KEPT)
			.first()
			.extracting(RegistryEvent::text)
			.isEqualTo("event 5");
	}

	@Test
	void whenMoreHappensThenWhatWasReadStays() {
		this.events.add("one");
		List<RegistryEvent> read = this.events.last();
		this.events.add("two");
		assertThat(read).hasSize(1);
	}

}
