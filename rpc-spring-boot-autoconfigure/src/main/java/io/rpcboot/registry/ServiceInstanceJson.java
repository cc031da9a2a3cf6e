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

package io.rpcboot.registry;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The text form of a {@link ServiceInstance}: the JSON of etcd's own Go package
 * {@code clientv3/naming/endpoints} ({@code Op}, {@code Addr}), with our fields in an
 * object {@code rpc} that Go skips. {@code Metadata} is never written, because an object
 * in it makes several versions of grpc-go panic.
 * <p>
 * Reading takes a foreign record as well: {@code Addr} is enough.
 */
public final class ServiceInstanceJson {

	private ServiceInstanceJson() {
	}

	/**
	 * Writes an instance.
	 * @param instance the instance
	 * @return one line of JSON
	 */
	public static String write(ServiceInstance instance) {
		JsonObject rpc = new JsonObject();
		rpc.addProperty("id", instance.id());
		rpc.addProperty("app", instance.application());
		JsonArray services = new JsonArray();
		instance.services().forEach(services::add);
		rpc.add("services", services);
		rpc.addProperty("state", instance.state().name());
		rpc.addProperty("weight", instance.weight());
		addIfPresent(rpc, "zone", instance.zone());
		addIfPresent(rpc, "version", instance.version());
		rpc.add("tags", object(instance.tags()));
		addIfPresent(rpc, "startedAt", instance.startedAt());
		rpc.add("metadata", object(instance.metadata()));
		JsonObject root = new JsonObject();
		root.addProperty("Op", 0);
		root.addProperty("Addr", instance.address());
		root.add("rpc", rpc);
		return root.toString();
	}

	/**
	 * Reads an instance. Fields that are not known are passed over.
	 * @param application the application under whose key the record stands
	 * @param keyId the last part of the key: the id of a record that has none
	 * @param json the record
	 * @return the instance
	 * @throws IllegalArgumentException if the text is no JSON object, has no usable
	 * {@code Addr}, or a known field has a value of the wrong kind
	 */
	public static ServiceInstance read(String application, String keyId, String json) {
		JsonObject root = parse(json);
		String address = string(root, "Addr", null);
		if (address == null) {
			throw new IllegalArgumentException("no Addr (expected: \"host:port\")");
		}
		int colon = address.lastIndexOf(':');
		String host = (colon > 0) ? stripBrackets(address.substring(0, colon)) : "";
		int port = (colon > 0) ? number("Addr", address, address.substring(colon + 1)) : 0;
		if (host.isEmpty() || port < 1 || port > 65535) {
			throw new IllegalArgumentException("Addr: '" + address + "' (expected: host:port)");
		}
		JsonObject rpc = (root.get("rpc") instanceof JsonObject object) ? object : new JsonObject();
		String weight = string(rpc, "weight", null);
		return new ServiceInstance(stringOr(rpc, "id", keyId), application, host, port, strings(rpc, "services"),
				state(stringOr(rpc, "state", InstanceState.UP.name())),
				(weight != null) ? number("weight", weight, weight) : ServiceInstance.DEFAULT_WEIGHT,
				string(rpc, "zone", null), string(rpc, "version", null), map(rpc, "tags"),
				instant(string(rpc, "startedAt", null)), map(rpc, "metadata"));
	}

	private static JsonObject parse(String json) {
		JsonElement element;
		try {
			element = JsonParser.parseString(json);
		}
		catch (JsonSyntaxException ex) {
			throw new IllegalArgumentException("not JSON", ex);
		}
		if (element instanceof JsonObject object) {
			return object;
		}
		throw new IllegalArgumentException("not a JSON object");
	}

	/**
	 * A state that a later version invents is one that this version should not send calls
	 * to if there are others.
	 */
	private static InstanceState state(String name) {
		return InstanceState.UP.name().equals(name) ? InstanceState.UP : InstanceState.DRAINING;
	}

	private static @Nullable Instant instant(@Nullable String text) {
		try {
			return (text != null) ? Instant.parse(text) : null;
		}
		catch (DateTimeParseException ex) {
			throw new IllegalArgumentException("startedAt: '" + text + "' (expected: an ISO-8601 instant)", ex);
		}
	}

	private static int number(String name, String value, String digits) {
		try {
			return Integer.parseInt(digits);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException(name + ": '" + value + "' (expected: a whole number)", ex);
		}
	}

	private static String stripBrackets(String host) {
		return (host.startsWith("[") && host.endsWith("]")) ? host.substring(1, host.length() - 1) : host;
	}

	private static String stringOr(JsonObject object, String name, String fallback) {
		String value = string(object, name, fallback);
		return (value != null) ? value : fallback;
	}

	private static @Nullable String string(JsonObject object, String name, @Nullable String fallback) {
		JsonElement element = object.get(name);
		if (element == null || element.isJsonNull()) {
			return fallback;
		}
		if (element instanceof JsonPrimitive primitive) {
			return primitive.getAsString();
		}
		throw new IllegalArgumentException(name + ": " + element + " (expected: a text)");
	}

	private static List<String> strings(JsonObject object, String name) {
		List<String> values = new ArrayList<>();
		if (object.get(name) instanceof JsonArray array) {
			for (JsonElement element : array) {
				if (!(element instanceof JsonPrimitive)) {
					throw new IllegalArgumentException(name + ": " + element + " (expected: a text)");
				}
				values.add(element.getAsString());
			}
		}
		return values;
	}

	private static Map<String, String> map(JsonObject object, String name) {
		Map<String, String> values = new LinkedHashMap<>();
		if (object.get(name) instanceof JsonObject entries) {
			entries.keySet().forEach((key) -> {
				String value = string(entries, key, null);
				if (value != null) {
					values.put(key, value);
				}
			});
		}
		return values;
	}

	private static JsonObject object(Map<String, String> map) {
		JsonObject object = new JsonObject();
		map.entrySet()
			.stream()
			.sorted(Map.Entry.comparingByKey())
			.forEach((entry) -> object.addProperty(entry.getKey(), entry.getValue()));
		return object;
	}

	private static void addIfPresent(JsonObject object, String name, @Nullable Object value) {
		if (value != null) {
			object.addProperty(name, value.toString());
		}
	}

}
