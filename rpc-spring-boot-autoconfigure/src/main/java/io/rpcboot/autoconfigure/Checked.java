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

package io.rpcboot.autoconfigure;

import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Checks of property values, which fail with Boot's own analysis: the key, the value and
 * where it came from, and what was expected.
 */
final class Checked {

	private Checked() {
	}

	static void that(boolean valid, String key, @Nullable Object value, String expected) {
		if (!valid) {
			throw new InvalidConfigurationPropertyValueException(key, value, "Expected: " + expected + ".");
		}
	}

	static void range(String key, int value, int min, int max) {
		that(value >= min && value <= max, key, value,
				(max == Integer.MAX_VALUE) ? "at least " + min : min + " to " + max);
	}

	static void positive(String key, @Nullable Duration value) {
		that(value == null || value.compareTo(Duration.ZERO) > 0, key, value, "a duration above 0");
	}

	static void notNegative(String key, Duration value) {
		that(!value.isNegative(), key, value, "a duration of at least 0");
	}

	/**
	 * Blames a property for what a constructor does not accept.
	 */
	static <T> T property(String key, Object value, Supplier<T> constructor) {
		try {
			return constructor.get();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(key, value, ex.getMessage() + ".");
		}
	}

}
