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

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.unit.DataSize;

/**
 * The properties within an entry of a map, which the configuration metadata leave out:
 * they are found in the fields of the class of the entry, as Boot's processor finds
 * others, and described by their Javadoc.
 */
public final class MapEntryProperties {

	/** What a key is, by the last part of the name of its map. */
	private static final Map<String, String> KEYS = Map.of("references", "application", "methods", "method", "services",
			"service", "executors", "pool", "named", "caller", "applications", "application");

	private final FieldComments comments = new FieldComments();

	/**
	 * Lists the properties of the entries of a map.
	 * @param map the name of the property that is the map
	 * @param type the class of the entries
	 * @return in the order of the names, those of maps within included
	 */
	public List<Property> of(String map, Class<?> type) {
		List<Property> properties = new ArrayList<>();
		String key = KEYS.get(map.substring(map.lastIndexOf('.') + 1));
		if (key == null) {
			throw new IllegalArgumentException("The keys of " + map + " have no name here");
		}
		collect(map + ".<" + key + ">.", type, properties);
		properties.sort(Comparator.comparing(Property::name));
		return properties;
	}

	private void collect(String prefix, Class<?> type, List<Property> properties) {
		Object standard = create(type);
		for (Field field : type.getDeclaredFields()) {
			if (Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) {
				continue;
			}
			String name = prefix + kebab(field.getName());
			if (isOfLibrary(field.getType())) {
				collect(name + ".", field.getType(), properties);
				continue;
			}
			properties.add(new Property(name, text(name, value(field, standard)), this.comments.of(field)));
			Class<?> entry = entry(field);
			if (entry != null) {
				properties.addAll(of(name, entry));
			}
		}
	}

	/**
	 * A group of properties; constants are values.
	 */
	private static boolean isOfLibrary(Class<?> type) {
		return type.getPackageName().equals(MapEntryProperties.class.getPackageName()) && !type.isEnum();
	}

	private static @Nullable Class<?> entry(Field field) {
		return (Map.class.isAssignableFrom(field.getType()) && field.getGenericType() instanceof ParameterizedType map
				&& map.getActualTypeArguments()[1] instanceof Class<?> type && isOfLibrary(type)) ? type : null;
	}

	private static Object create(Class<?> type) {
		try {
			return type.getDeclaredConstructor().newInstance();
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(type + " cannot be the class of an entry", ex);
		}
	}

	private static @Nullable Object value(Field field, Object owner) {
		try {
			field.setAccessible(true);
			return field.get(owner);
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(field + " cannot be read", ex);
		}
	}

	/**
	 * Writes a default as the properties have it; empty for none.
	 */
	private static String text(String name, @Nullable Object value) {
		if (value == null || (value instanceof Collection<?> list && list.isEmpty())
				|| (value instanceof Map<?, ?> map && map.isEmpty())) {
			return "";
		}
		if (value instanceof Enum<?> constant) {
			return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
		}
		if (Stream.of(Duration.class, DataSize.class, Collection.class, Map.class)
			.anyMatch((type) -> type.isInstance(value))) {
			throw new IllegalStateException("How is the default of " + name + " written: " + value + "?");
		}
		return value.toString();
	}

	private static String kebab(String field) {
		String name = field.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
		return ConfigurationPropertyName.of(name).toString();
	}

	/**
	 * A property.
	 *
	 * @param name its name, each key in angle brackets
	 * @param defaultValue its default as text; empty for none
	 * @param description the Javadoc of its field; empty if there is none
	 */
	public record Property(String name, String defaultValue, String description) {

	}

}
