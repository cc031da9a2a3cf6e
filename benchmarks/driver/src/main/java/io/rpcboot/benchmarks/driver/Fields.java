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

package io.rpcboot.benchmarks.driver;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Names and values in one line, {@code a=1 b=2}: how processes tell the runner figures.
 */
public final class Fields {

	private final Map<String, String> values = new LinkedHashMap<>();

	/**
	 * Adds a field.
	 * @param name its name
	 * @param value its value; blanks in it become underscores
	 * @return this
	 */
	public Fields with(String name, Object value) {
		this.values.put(name, value.toString().replaceAll("\\s+", "_"));
		return this;
	}

	/**
	 * Returns a field that must be there.
	 * @param name its name
	 * @return its value
	 */
	public String text(String name) {
		String value = this.values.get(name);
		if (value == null) {
			throw new IllegalArgumentException("no field " + name + " in " + this);
		}
		return value;
	}

	/**
	 * Returns a field that must be a number.
	 * @param name its name
	 * @return its value
	 */
	public long number(String name) {
		return Long.parseLong(text(name));
	}

	/**
	 * Reads what {@link #toString()} wrote.
	 * @param line the line
	 * @return its fields
	 */
	public static Fields parse(String line) {
		Fields fields = new Fields();
		for (String field : line.strip().split(" ", -1)) {
			int equals = field.indexOf('=');
			if (equals > 0) {
				fields.values.put(field.substring(0, equals), field.substring(equals + 1));
			}
		}
		return fields;
	}

	@Override
	public String toString() {
		return this.values.entrySet()
			.stream()
			.map((field) -> field.getKey() + "=" + field.getValue())
			.collect(Collectors.joining(" "));
	}

}
