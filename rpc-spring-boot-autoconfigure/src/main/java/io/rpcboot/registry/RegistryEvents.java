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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Remembers the last {@value #KEPT} events of a registry. Safe for use by several
 * threads.
 */
public final class RegistryEvents {

	/**
	 * How many are kept.
	 */
	public static final int KEPT = 100;

	private final Clock clock;

	private final Deque<RegistryEvent> events = new ArrayDeque<>();

	/**
	 * Creates an empty memory.
	 */
	public RegistryEvents() {
		this(Clock.systemUTC());
	}

	RegistryEvents(Clock clock) {
		this.clock = clock;
	}

	/**
	 * Adds an event; the oldest one is forgotten when there are too many.
	 * @param text what happened, in one sentence
	 */
	public synchronized void add(String text) {
		if (this.events.size() == KEPT) {
			this.events.removeFirst();
		}
		this.events.addLast(new RegistryEvent(this.clock.instant(), text));
	}

	/**
	 * Returns what is remembered.
	 * @return the oldest first; a copy
	 */
	public synchronized List<RegistryEvent> last() {
		return List.copyOf(this.events);
	}

}
