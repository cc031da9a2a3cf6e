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

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Remembers what a consumer was told of the others.
 */
public final class RecordedSlots implements ConsumerGroup.Listener {

	private final List<ConsumerGroup.Slots> told = new ArrayList<>();

	@Override
	public synchronized void onSlots(ConsumerGroup.Slots slots) {
		this.told.add(slots);
	}

	/**
	 * Returns everything that was told.
	 * @return a copy
	 */
	public synchronized List<ConsumerGroup.Slots> told() {
		return List.copyOf(this.told);
	}

	/**
	 * Returns what was told last.
	 * @return {@code null} if nothing was
	 */
	public synchronized ConsumerGroup.@Nullable Slots last() {
		return this.told.isEmpty() ? null : this.told.get(this.told.size() - 1);
	}

}
