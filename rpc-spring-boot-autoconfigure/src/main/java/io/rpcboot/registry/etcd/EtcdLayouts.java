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

package io.rpcboot.registry.etcd;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.rpcboot.registry.InstanceCodec;
import org.jspecify.annotations.Nullable;

/**
 * Where in etcd the instances of each application are looked for, and how their records
 * are read. An application of which nothing is said is looked for where the starter
 * registers. The layouts that are built in: {@code etcd-naming}, the starter's own,
 * {@code go-zero} and {@code kratos}. Immutable.
 */
public final class EtcdLayouts {

	private final Map<String, InstanceCodec> codecs;

	private final Map<String, Place> places;

	private final Place own;

	/**
	 * Creates layouts of which no application makes use yet.
	 * @param codecs the user's; each takes the place of a built-in one of the same name,
	 * and the first that of others
	 */
	public EtcdLayouts(List<InstanceCodec> codecs) {
		this(byName(codecs), Map.of());
	}

	private EtcdLayouts(Map<String, InstanceCodec> codecs, Map<String, Place> places) {
		this.codecs = codecs;
		this.places = places;
		this.own = new Place(null, Objects.requireNonNull(codecs.get(EtcdNamingCodec.NAME)));
	}

	/**
	 * Returns the names of the layouts.
	 * @return the names, sorted
	 */
	public Set<String> names() {
		return this.codecs.keySet();
	}

	/**
	 * Says where an application is looked for.
	 * @param application the application's name
	 * @param layout the name of its layout
	 * @param key the key under which its instances stand, to which a slash is added when
	 * it does not end in one; {@code null} for the layout's default
	 * @return layouts that know it
	 * @throws IllegalArgumentException if there is no such layout, or the key is empty or
	 * has control characters
	 */
	public EtcdLayouts with(String application, String layout, @Nullable String key) {
		InstanceCodec codec = this.codecs.get(layout);
		if (codec == null) {
			throw new IllegalArgumentException(
					"layout: '" + layout + "' (expected: one of " + String.join(", ", this.codecs.keySet()) + ")");
		}
		String chosen = (key != null) ? key : codec.defaultKey(application);
		Map<String, Place> more = new HashMap<>(this.places);
		more.put(application, new Place((chosen != null) ? prefix(chosen) : null, codec));
		return new EtcdLayouts(this.codecs, Map.copyOf(more));
	}

	/**
	 * Returns what the keys of an application's instances begin with.
	 */
	String prefix(String application, EtcdKeys keys) {
		String prefix = place(application).prefix();
		return (prefix != null) ? prefix : keys.application(application);
	}

	InstanceCodec codec(String application) {
		return place(application).codec();
	}

	private Place place(String application) {
		return this.places.getOrDefault(application, this.own);
	}

	private static Map<String, InstanceCodec> byName(List<InstanceCodec> codecs) {
		Map<String, InstanceCodec> byName = new TreeMap<>();
		Stream.concat(codecs.stream(), Stream.of(new EtcdNamingCodec(), new GoZeroCodec(), new KratosCodec()))
			.forEach((codec) -> byName.putIfAbsent(codec.name(), codec));
		return Collections.unmodifiableMap(byName);
	}

	/**
	 * Ends in a slash, or {@code order} would see {@code order-history}'s.
	 */
	private static String prefix(String key) {
		boolean named = key.chars().anyMatch((character) -> character != '/' && character != ' ');
		if (!named || key.chars().anyMatch(Character::isISOControl)) {
			throw new IllegalArgumentException(
					"key: '" + key + "' (expected: a key such as /microservices/order, without control characters)");
		}
		return key.endsWith("/") ? key : key + "/";
	}

	private record Place(@Nullable String prefix, InstanceCodec codec) {

	}

}
