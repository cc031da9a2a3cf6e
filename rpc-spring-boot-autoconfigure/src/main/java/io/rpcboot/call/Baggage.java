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

package io.rpcboot.call;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.grpc.Context;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a chain of calls carries from its beginning to its end. Immutable and bounded: it
 * comes from the wire, and each call that is made for it sends all of it again.
 */
final class Baggage {

	static final Context.Key<Baggage> KEY = Context.key("rpc-baggage");

	static final Baggage NONE = new Baggage(List.of());

	static final int MAX_PIECES = 16;

	static final int MAX_CHARACTERS = 2048;

	private static final Logger logger = LoggerFactory.getLogger(Baggage.class);

	private static final String PREFIX = RpcMetadata.BAGGAGE.name() + "-";

	private final List<CarriedHeader> pieces;

	private Baggage(List<CarriedHeader> pieces) {
		this.pieces = pieces;
	}

	/**
	 * Reads the baggage of a request. What cannot be carried on is left out: it is
	 * untrusted, and the call is none the worse.
	 * @param headers the request's headers
	 * @return its baggage; {@code null} for none
	 */
	static @Nullable Baggage read(Metadata headers) {
		String names = headers.get(RpcMetadata.BAGGAGE);
		if (names == null) {
			return null;
		}
		if (names.length() > MAX_CHARACTERS) {
			logger.debug("Baggage with {} characters of names is passed over (expected: at most {})", names.length(),
					MAX_CHARACTERS);
			return null;
		}
		Baggage read = NONE;
		for (String name : names.split(",", -1)) {
			String trimmed = name.trim();
			String value = HeaderNames.isName(trimmed) ? headers.get(key(trimmed)) : null;
			if (value != null) {
				read = read.withIfPossible(trimmed, value);
			}
		}
		return read.pieces.isEmpty() ? null : read;
	}

	static Metadata.Key<String> key(String name) {
		return CarriedHeader.key(PREFIX + name);
	}

	@Nullable String get(String name) {
		for (CarriedHeader piece : this.pieces) {
			if (name(piece).equals(name)) {
				return piece.value();
			}
		}
		return null;
	}

	Map<String, String> asMap() {
		Map<String, String> map = new LinkedHashMap<>();
		this.pieces.forEach((piece) -> map.put(name(piece), piece.value()));
		return Collections.unmodifiableMap(map);
	}

	Baggage with(String name, String value) {
		if (!HeaderNames.isName(name)) {
			throw new IllegalArgumentException("baggage: '" + name + "' (expected: a name with 1 to "
					+ HeaderNames.MAX_LENGTH + " of a-z0-9._-, not ending in -bin)");
		}
		if (!HeaderNames.isValue(value)) {
			throw new IllegalArgumentException(
					"baggage: the value of '" + name + "' (expected: printable ASCII without a space at either end)");
		}
		List<CarriedHeader> changed = new ArrayList<>(this.pieces);
		changed.removeIf((piece) -> name(piece).equals(name));
		if (!value.isEmpty()) {
			changed.add(new CarriedHeader(key(name), value));
		}
		int characters = changed.stream().mapToInt((piece) -> name(piece).length() + piece.value().length()).sum();
		if (changed.size() > MAX_PIECES || characters > MAX_CHARACTERS) {
			throw new IllegalArgumentException("baggage: " + changed.size() + " pieces with " + characters
					+ " characters when '" + name + "' is added (expected: at most " + MAX_PIECES + " pieces and "
					+ MAX_CHARACTERS + " characters)");
		}
		return new Baggage(List.copyOf(changed));
	}

	/**
	 * Adds a piece that came from the wire, if there is room for it.
	 */
	Baggage withIfPossible(String name, String value) {
		try {
			return with(name, value);
		}
		catch (IllegalArgumentException ex) {
			logger.debug("Baggage of a request is passed over: {}", ex.getMessage());
			return this;
		}
	}

	/**
	 * Adds the baggage to a call.
	 */
	void addTo(Metadata headers) {
		if (this.pieces.isEmpty()) {
			return;
		}
		StringBuilder names = new StringBuilder();
		String set = headers.get(RpcMetadata.BAGGAGE);
		if (set != null) {
			headers.discardAll(RpcMetadata.BAGGAGE);
			names.append(set);
		}
		for (CarriedHeader piece : this.pieces) {
			if (set == null || !headers.containsKey(piece.key())) {
				names.append(names.isEmpty() ? "" : ",").append(name(piece));
			}
			piece.addTo(headers);
		}
		headers.put(RpcMetadata.BAGGAGE, names.toString());
	}

	private static String name(CarriedHeader piece) {
		return piece.key().name().substring(PREFIX.length());
	}

}
