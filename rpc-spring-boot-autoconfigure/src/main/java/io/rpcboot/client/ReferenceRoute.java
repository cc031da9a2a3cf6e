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

package io.rpcboot.client;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a reference asks of the instances that it calls, whatever a single call says. What
 * is set for the application wins over the annotation, the tags as a whole.
 *
 * @param version the version, or the beginning of one; {@code null} for any
 * @param tags tags that an instance must have
 */
record ReferenceRoute(@Nullable String version, Map<String, String> tags) {

	/**
	 * Merges.
	 * @param version the version of the annotation; empty for any
	 * @param tags the tags of the annotation, each {@code name=value}
	 * @param settings what is set for the application
	 * @return what holds
	 * @throws IllegalArgumentException if a tag is not of this form, or stands there
	 * twice
	 */
	static ReferenceRoute of(String version, String[] tags, RpcClientSettings.Routing settings) {
		String merged = (settings.version() != null) ? settings.version() : version;
		Map<String, String> parsed = parse(tags);
		return new ReferenceRoute(merged.isEmpty() ? null : merged,
				settings.tags().isEmpty() ? parsed : settings.tags());
	}

	private static Map<String, String> parse(String[] tags) {
		Map<String, String> parsed = new LinkedHashMap<>();
		for (String tag : tags) {
			int equals = tag.indexOf('=');
			if (equals < 1 || parsed.put(tag.substring(0, equals), tag.substring(equals + 1)) != null) {
				throw new IllegalArgumentException("tags: '" + tag + "' (expected: name=value, each name once)");
			}
		}
		return parsed;
	}

}
