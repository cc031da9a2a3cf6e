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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.rpcboot.registry.InstanceCodec;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * The layout of Kratos ({@code contrib/registry/etcd}, versions 2 and 3): under
 * {@code /microservices/<name>/<id>} stands the JSON of Kratos' {@code ServiceInstance}
 * with one endpoint for each server of the process.
 * <p>
 * Kratos lists by {@code /microservices/<name>} and compares the record's {@code name}.
 * Here the part of the key after the slash is compared with the record's {@code id},
 * which comes to the same, and lets an application have another name than in Kratos.
 * <p>
 * An endpoint is {@code grpc://host:port}, or with TLS {@code grpcs://host:port}; before
 * 2.4 {@code grpc://host:port?isSecure=true}. Whether a channel speaks TLS is up to the
 * consumer, so either is taken, {@code grpc} first. A record without such an endpoint is
 * that of a process that serves HTTP only. The weight is the entry {@code weight} of the
 * metadata; as in Kratos it is 100 when there is none or it is no number.
 */
final class KratosCodec implements InstanceCodec {

	private static final List<String> SCHEMES = List.of("grpc://", "grpcs://");

	@Override
	public String name() {
		return "kratos";
	}

	@Override
	public String defaultKey(String application) {
		return "/microservices/" + application;
	}

	@Override
	public @Nullable ServiceInstance read(String application, String keyId, String value) {
		JsonObject root = parse(value);
		if (!root.has("id")) {
			throw new IllegalArgumentException("no id (expected: a record of Kratos)");
		}
		String id = string("id", root.get("id"));
		HostPort address = id.equals(keyId) ? address(endpoints(root)) : null;
		if (address == null) {
			return null;
		}
		Map<String, String> metadata = metadata(root);
		String version = string("version", root.get("version"));
		return new ServiceInstance(id, application, address.host(), address.port(), List.of(), InstanceState.UP,
				weight(metadata.get("weight")), null, version.isEmpty() ? null : version, Map.of(), null, metadata);
	}

	private static @Nullable HostPort address(List<String> endpoints) {
		for (String scheme : SCHEMES) {
			for (String endpoint : endpoints) {
				if (endpoint.startsWith(scheme)) {
					String address = endpoint.substring(scheme.length()).replaceFirst("[/?#].*", "");
					return HostPort.parse("endpoints", scheme, address);
				}
			}
		}
		return null;
	}

	private static int weight(@Nullable String text) {
		try {
			int weight = (text != null) ? Integer.parseInt(text) : ServiceInstance.DEFAULT_WEIGHT;
			return (weight >= 1) ? weight : ServiceInstance.DEFAULT_WEIGHT;
		}
		catch (NumberFormatException ex) {
			return ServiceInstance.DEFAULT_WEIGHT;
		}
	}

	private static JsonObject parse(String json) {
		try {
			if (JsonParser.parseString(json) instanceof JsonObject object) {
				return object;
			}
		}
		catch (JsonParseException ex) {
			throw new IllegalArgumentException("not JSON", ex);
		}
		throw new IllegalArgumentException("not a JSON object");
	}

	/** Go writes {@code null} for a list that was never made. */
	private static List<String> endpoints(JsonObject root) {
		List<String> endpoints = new ArrayList<>();
		JsonElement element = root.get("endpoints");
		if (element instanceof JsonArray array) {
			array.forEach((endpoint) -> endpoints.add(string("endpoints", endpoint)));
		}
		else if (element == null || !element.isJsonNull()) {
			throw new IllegalArgumentException(
					"endpoints: " + element + " (expected: a list with \"grpc://host:port\")");
		}
		return endpoints;
	}

	private static Map<String, String> metadata(JsonObject root) {
		Map<String, String> metadata = new LinkedHashMap<>();
		JsonElement element = root.get("metadata");
		if (element instanceof JsonObject object) {
			object.entrySet()
				.forEach((entry) -> metadata.put(entry.getKey(),
						string("metadata." + entry.getKey(), entry.getValue())));
		}
		else if (element != null && !element.isJsonNull()) {
			throw new IllegalArgumentException("metadata: " + element + " (expected: an object of texts)");
		}
		return metadata;
	}

	/** As Go reads it: what is not there is empty. */
	private static String string(String name, @Nullable JsonElement element) {
		if (element == null || element.isJsonNull()) {
			return "";
		}
		if (element instanceof JsonPrimitive primitive && primitive.isString()) {
			return primitive.getAsString();
		}
		throw new IllegalArgumentException(name + ": " + element + " (expected: a text)");
	}

}
