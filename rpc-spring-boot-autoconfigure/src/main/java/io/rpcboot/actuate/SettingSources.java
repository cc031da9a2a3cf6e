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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyCaching;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Finds where properties of this library were set. Goes through the environment once, as
 * it is made, and costs a look-up in each property source for a property then. Made for
 * one answer: it does not see what is set later.
 */
final class SettingSources {

	private static final Pattern KEY = Pattern.compile("\\[([a-z0-9][a-z0-9-]*)]");

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("rpc");

	private final ConfigurableEnvironment environment;

	private @Nullable List<Entries> sources;

	SettingSources(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	private List<Entries> sources() {
		List<Entries> read = this.sources;
		if (read == null) {
			read = read(this.environment);
			this.sources = read;
		}
		return read;
	}

	private static List<Entries> read(ConfigurableEnvironment environment) {
		List<Entries> read = new ArrayList<>();
		Iterable<ConfigurationPropertySource> all = ConfigurationPropertySources.from(environment.getPropertySources());
		for (ConfigurationPropertySource source : all) {
			ConfigurationPropertyCaching.get(List.of(source)).enable();
			read.add(new Entries(source, firstEntries(source)));
		}
		return read;
	}

	/**
	 * Returns the first entry of each list, map and group.
	 */
	private static Map<ConfigurationPropertyName, ConfigurationPropertyName> firstEntries(
			ConfigurationPropertySource source) {
		Map<ConfigurationPropertyName, ConfigurationPropertyName> first = new HashMap<>();
		if (source instanceof IterableConfigurationPropertySource names) {
			names.stream().filter(ROOT::isAncestorOf).forEach((entry) -> {
				for (ConfigurationPropertyName parent = entry.getParent(); !parent.isEmpty(); parent = parent
					.getParent()) {
					first.putIfAbsent(parent, entry);
				}
			});
		}
		return first;
	}

	/**
	 * Finds a property, or the first entry of one that is a list, a map or a group.
	 * @param origin the property, each name in its map keys in brackets, or anything else
	 * @return the strongest place that sets it; {@code null} if there is none
	 */
	@Nullable ConfigurationProperty find(String origin) {
		List<ConfigurationPropertyName> names = names(origin);
		for (Entries source : sources()) {
			for (ConfigurationPropertyName name : names) {
				ConfigurationProperty property = source.find(name);
				if (property != null) {
					return property;
				}
			}
		}
		return null;
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

	/**
	 * What one property source sets.
	 *
	 * @param source the source
	 * @param first the first entry of each list, map and group
	 */
	private record Entries(ConfigurationPropertySource source,
			Map<ConfigurationPropertyName, ConfigurationPropertyName> first) {

		@Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
			ConfigurationProperty property = this.source.getConfigurationProperty(name);
			ConfigurationPropertyName entry = this.first.get(name);
			return (property == null && entry != null) ? this.source.getConfigurationProperty(entry) : property;
		}

	}

}
