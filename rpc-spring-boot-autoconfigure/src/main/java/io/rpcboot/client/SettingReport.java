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

import io.grpc.MethodDescriptor;
import io.rpcboot.client.RpcClientSettings.Defaults;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.client.attempt.AttemptValue;
import org.jspecify.annotations.Nullable;

/**
 * Lists what holds for a reference under one state of what is set, and which setting says
 * so.
 *
 * @param application the application that is called
 * @param plans what holds
 * @param reference what is set for the application
 */
record SettingReport(String application, CallPlans plans, Reference reference) {

	static final String TIMEOUT = "timeout";

	/**
	 * Lists what holds for methods of which nothing is set.
	 * @param defaults what holds everywhere
	 * @return by the last part of the property
	 */
	Map<String, Setting<?>> settings(Defaults defaults) {
		Map<String, Setting<?>> settings = decided(null);
		put(settings, "stream-timeout", this.plans.timeouts().stream().ofReference());
		limit(settings, "max-inbound-message-size", this.reference.maxInboundMessageSize(),
				defaults.maxInboundMessageSize());
		limit(settings, "max-buffered", this.reference.maxBuffered(), defaults.maxBuffered());
		limit(settings, "connections", this.reference.connections(), defaults.connections());
		ofReference(settings, "authority", this.reference.authority());
		if (!this.reference.addresses().isEmpty()) {
			ofReference(settings, "addresses", this.reference.addresses());
		}
		if (!this.reference.routing().namespaces().isEmpty()) {
			ofReference(settings, "namespaces", this.reference.routing().namespaces());
		}
		ofReference(settings, "prefer-namespace", this.reference.routing().preferredNamespace());
		put(settings, "version",
				chosen("version", this.plans.route().version(), this.reference.routing().version() != null));
		if (!this.plans.route().tags().isEmpty()) {
			put(settings, "tags",
					chosen("tags", this.plans.route().tags(), !this.reference.routing().tags().isEmpty()));
		}
		return settings;
	}

	/**
	 * Lists what is decided by method.
	 * @param method the method; {@code null} for methods of which nothing is set
	 * @return by the last part of the property
	 */
	Map<String, Setting<?>> decided(@Nullable MethodDescriptor<?, ?> method) {
		Map<String, Setting<?>> settings = new LinkedHashMap<>();
		put(settings, TIMEOUT,
				(method != null) ? this.plans.timeouts().timeout(method) : this.plans.timeouts().unary().ofReference());
		put(settings, "load-balancing", of(this.plans.policies(), method));
		Setting<HashKeySource> hashKey = of(this.plans.hashKeys(), method);
		// A source is made for each look, so it is compared by its text.
		put(settings, "hash-key",
				(hashKey != null) ? new Setting<>(hashKey.value().toString(), hashKey.origin()) : null);
		this.plans.attempts()
			.values(method)
			.forEach((name, value) -> settings.put(name, new Setting<>(value.value(), origin(name, value, method))));
		return settings;
	}

	private static <T> @Nullable Setting<T> of(MethodSettings<T> settings, @Nullable MethodDescriptor<?, ?> method) {
		return (method != null) ? settings.of(method) : settings.ofReference();
	}

	private String origin(String name, AttemptValue value, @Nullable MethodDescriptor<?, ?> method) {
		SettingNames names = names(name, attribute(name));
		return switch (value.place()) {
			case STARTER -> ReferenceDescription.STARTER;
			case SCHEMA -> "idempotency_level of the .proto file";
			case DEFAULTS -> names.ofDefaults();
			case ANNOTATION -> names.ofAnnotation();
			case REFERENCE -> names.ofReference();
			case SERVICE -> names.ofMethod((method != null) ? String.valueOf(method.getServiceName()) : "");
			case METHOD -> names.ofMethod((method != null) ? method.getFullMethodName() : "");
		};
	}

	private static String attribute(String name) {
		return name.equals("retry.max-attempts") ? "retries" : name;
	}

	private void limit(Map<String, Setting<?>> settings, String name, @Nullable Number set, Number standard) {
		SettingNames names = names(name, name);
		settings.put(name,
				(set != null) ? new Setting<>(set, names.ofReference()) : new Setting<>(standard, names.ofDefaults()));
	}

	private void ofReference(Map<String, Setting<?>> settings, String name, @Nullable Object value) {
		put(settings, name, chosen(name, value, true));
	}

	private <T> @Nullable Setting<T> chosen(String name, @Nullable T value, boolean ofReference) {
		SettingNames names = names(name, name);
		return (value != null) ? new Setting<>(value, ofReference ? names.ofReference() : names.ofAnnotation()) : null;
	}

	private SettingNames names(String property, String attribute) {
		return new SettingNames(this.application, property, attribute);
	}

	private static void put(Map<String, Setting<?>> settings, String name, @Nullable Setting<?> setting) {
		if (setting != null) {
			settings.put(name, setting);
		}
	}

}
