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

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Finds where a property of this library was set.
 */
final class SettingSources {

	private static final Pattern KEY = Pattern.compile("\\[([a-z0-9][a-z0-9-]*)]");

	private final ConfigurableEnvironment environment;

	SettingSources(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	/**
	 * Finds a property, or the first entry of one that is a list, a map or a group.
	 * @param origin the property, each name in its map keys in brackets, or anything else
	 * @return the strongest place that sets it; {@code null} if there is none
	 */
	@Nullable ConfigurationProperty find(String origin) {
		List<ConfigurationPropertyName> names = names(origin);
		for (ConfigurationPropertySource source : ConfigurationPropertySources
			.from(this.environment.getPropertySources())) {
			for (ConfigurationPropertyName name : names) {
				ConfigurationProperty property = find(source, name);
				if (property != null) {
					return property;
				}
			}
		}
		return null;
	}

	private static @Nullable ConfigurationProperty find(ConfigurationPropertySource source,
			ConfigurationPropertyName name) {
		ConfigurationProperty property = source.getConfigurationProperty(name);
		if (property == null && source instanceof IterableConfigurationPropertySource entries) {
			property = entries.stream()
				.filter(name::isAncestorOf)
				.findFirst()
				.map(source::getConfigurationProperty)
				.orElse(null);
		}
		return property;
	}

	/**
	 * A key of a map can be spelt with and without brackets, where it has no other
	 * characters than Boot keeps.
	 */
	private static List<ConfigurationPropertyName> names(String origin) {
		List<ConfigurationPropertyName> names = new ArrayList<>();
		if (origin.startsWith("rpc.")) {
			add(names, origin);
			add(names, KEY.matcher(origin).replaceAll(".$1"));
		}
		return names;
	}

	private static void add(List<ConfigurationPropertyName> names, String spelling) {
		ConfigurationPropertyName name = ConfigurationPropertyName.ofIfValid(spelling);
		if (name != null) {
			names.add(name);
		}
	}

}
