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

package io.rpcboot.actuate;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

import io.rpcboot.client.Setting;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.PropertySource;

/**
 * Tells values only to those who may see them, the way Boot's endpoint {@code env} does:
 * to others all of them are asterisks, and the user's functions have the last word.
 */
final class Sanitized {

	private final SettingSources sources;

	private final Sanitizer sanitizer;

	/**
	 * Creates it.
	 * @param sources where properties are set
	 * @param sanitizer that of Boot, with the user's functions
	 */
	Sanitized(SettingSources sources, Sanitizer sanitizer) {
		this.sources = sources;
		this.sanitizer = sanitizer;
	}

	/**
	 * Tells a setting and where it was set.
	 * @param key what the setting is called if its origin is no property
	 * @param setting the setting
	 * @param show whether the caller may see values
	 */
	RpcDescriptor.Setting setting(String key, Setting<?> setting, boolean show) {
		ConfigurationProperty property = this.sources.find(setting.origin());
		boolean isProperty = setting.origin().startsWith("rpc.");
		SanitizableData data = new SanitizableData((property != null) ? source(property) : null,
				isProperty ? setting.origin() : key, plain(setting.value()));
		Origin origin = (property != null) ? property.getOrigin() : null;
		return new RpcDescriptor.Setting(this.sanitizer.sanitize(data, show), setting.origin(),
				(origin != null) ? origin.toString() : null);
	}

	private static @Nullable PropertySource<?> source(ConfigurationProperty property) {
		ConfigurationPropertySource found = property.getSource();
		return (found != null && found.getUnderlyingSource() instanceof PropertySource<?> source) ? source : null;
	}

	/**
	 * Tells texts that stand in the registry, in the order of their names.
	 * @param prefix what comes before the names
	 * @param texts by name
	 * @param show whether the caller may see values
	 */
	Map<String, Object> texts(String prefix, Map<String, String> texts, boolean show) {
		Map<String, Object> sanitized = new TreeMap<>();
		texts.forEach((name, text) -> {
			Object value = this.sanitizer.sanitize(new SanitizableData(null, prefix + name, text), show);
			sanitized.put(name, (value != null) ? value : "");
		});
		return sanitized;
	}

	/**
	 * Returns a value as JSON has it: as it would be written in the properties.
	 */
	private static Object plain(@Nullable Object value) {
		if (value instanceof Duration duration) {
			return plain(duration);
		}
		if (value instanceof Collection<?> collection) {
			return collection.stream().map(String::valueOf).sorted().toList();
		}
		return (value instanceof Number || value instanceof Boolean || value instanceof Map) ? value
				: String.valueOf(value);
	}

	private static String plain(Duration duration) {
		int nanos = duration.toNanosPart();
		if (nanos == 0) {
			return duration.toSeconds() + "s";
		}
		return (nanos % 1_000_000 == 0) ? duration.toMillis() + "ms" : duration.toNanos() + "ns";
	}

}
