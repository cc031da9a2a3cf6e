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

package io.rpcboot.client.attempt;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import io.rpcboot.client.attempt.AttemptValue.Place;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings of attempts one by one, by what the properties are called.
 */
final class AttemptValues {

	/** What {@link AttemptPolicies} takes where nothing is set. */
	private static final AttemptSettings STARTER = new AttemptSettings(AttemptPolicy.DEFAULT.maxAttempts(),
			Duration.ofNanos(AttemptPolicy.DEFAULT.backoff().initialNanos()),
			Duration.ofNanos(AttemptPolicy.DEFAULT.backoff().maxNanos()), AttemptPolicy.DEFAULT.statuses(), false,
			false, false, false, AttemptPolicies.PERCENTILE, AttemptPolicies.MAX_EXTRA_PERCENT);

	private static final Map<String, Function<AttemptSettings, @Nullable Object>> READERS = readers();

	private AttemptValues() {
	}

	/**
	 * Finds the strongest place of each value.
	 * @param places what is set at each place, the weakest first
	 * @return by the last part of the property, all of them
	 */
	static Map<String, AttemptValue> of(Map<Place, AttemptSettings> places) {
		Map<String, AttemptValue> values = new LinkedHashMap<>();
		READERS.forEach((name, reader) -> {
			read(values, name, reader.apply(STARTER), Place.STARTER);
			places.forEach((place, settings) -> read(values, name, reader.apply(settings), place));
		});
		return values;
	}

	private static void read(Map<String, AttemptValue> values, String name, @Nullable Object value, Place place) {
		if (value != null) {
			values.put(name, new AttemptValue(value, place));
		}
	}

	private static Map<String, Function<AttemptSettings, @Nullable Object>> readers() {
		Map<String, Function<AttemptSettings, @Nullable Object>> readers = new LinkedHashMap<>();
		readers.put("idempotent", AttemptSettings::idempotent);
		readers.put("deduplicated", AttemptSettings::deduplicated);
		readers.put("retry.max-attempts", AttemptSettings::maxAttempts);
		readers.put("retry.initial-backoff", AttemptSettings::initialBackoff);
		readers.put("retry.max-backoff", AttemptSettings::maxBackoff);
		readers.put("retry.statuses", AttemptSettings::statuses);
		readers.put("retry.other-instances", AttemptSettings::otherInstances);
		readers.put("hedging.enabled", AttemptSettings::hedging);
		readers.put("hedging.percentile", AttemptSettings::hedgingPercentile);
		readers.put("hedging.max-extra-percent", AttemptSettings::maxExtraPercent);
		return readers;
	}

}
