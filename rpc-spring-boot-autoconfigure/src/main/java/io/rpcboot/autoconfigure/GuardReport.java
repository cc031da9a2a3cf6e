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

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.rpcboot.autoconfigure.RpcClientProperties.Credentials;
import io.rpcboot.autoconfigure.RpcClientProperties.Fallback;
import io.rpcboot.autoconfigure.RpcClientProperties.Method;
import io.rpcboot.autoconfigure.RpcClientProperties.Reference;
import io.rpcboot.autoconfigure.RpcClientProperties.Ssl;
import io.rpcboot.autoconfigure.RpcClientProperties.Throttling;
import io.rpcboot.client.ReferenceDescription;
import io.rpcboot.client.Setting;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SanitizableData;

/**
 * Lists what the properties say of connecting, TLS, credentials, throttling, fallbacks
 * and subsets, which no call decides, and which of them say so. Secrets are not told to
 * anybody.
 */
final class GuardReport {

	private final String application;

	private final @Nullable Reference reference;

	private final Map<String, Setting<?>> settings = new LinkedHashMap<>();

	private GuardReport(String application, @Nullable Reference reference) {
		this.application = application;
		this.reference = reference;
	}

	/**
	 * Lists what holds for an application.
	 * @param properties the properties
	 * @param application its name
	 * @return by the last part of the property, which begins with {@code methods[...].}
	 * for what is set for a method or service only
	 */
	static Map<String, Setting<?>> of(RpcClientProperties properties, String application) {
		GuardReport report = new GuardReport(application, properties.getReferences().get(application));
		report.add(properties);
		return report.settings;
	}

	private void add(RpcClientProperties properties) {
		Reference own = (this.reference != null) ? this.reference : new Reference();
		put("connect-timeout", own.getConnectTimeout(), properties.getDefaults().getConnectTimeout(), null);
		Throttling throttling = own.getThrottling();
		Throttling standard = properties.getDefaults().getThrottling();
		put("throttling.enabled", throttling.getEnabled(), standard.getEnabled(), false);
		put("throttling.k", throttling.getK(), standard.getK(), 2.0);
		put("throttling.window", throttling.getWindow(), standard.getWindow(), Duration.ofSeconds(10));
		put("throttling.dry-run", throttling.getDryRun(), standard.getDryRun(), false);
		putFallback("", own.getFallback());
		putSsl(own.getSsl(), properties.getDefaults().getSsl());
		putCredentials(own.getCredentials());
		putGlobal("subset.enabled", own.getSubset().getEnabled(), "rpc.client.subset.enabled",
				properties.getSubset().isEnabled());
		putGlobal("subset.size", own.getSubset().getSize(), "rpc.client.subset.size", properties.getSubset().getSize());
		own.getMethods().forEach((name, method) -> putMethod("methods[" + name + "].", method));
	}

	private void putMethod(String prefix, Method method) {
		put(prefix + "throttling.enabled", method.getThrottling().getEnabled(), null, null);
		put(prefix + "throttling.k", method.getThrottling().getK(), null, null);
		put(prefix + "throttling.window", method.getThrottling().getWindow(), null, null);
		put(prefix + "throttling.dry-run", method.getThrottling().getDryRun(), null, null);
		putFallback(prefix, method.getFallback());
	}

	private void putFallback(String prefix, Fallback fallback) {
		put(prefix + "fallback.bean", fallback.getBean(), null, null);
		put(prefix + "fallback.statuses", fallback.getStatuses().isEmpty() ? null : fallback.getStatuses(), null, null);
	}

	/** A bundle that the reference names counts more than what the defaults enable. */
	private void putSsl(Ssl own, Ssl standard) {
		String ownBundle = TlsBundles.text(own.getBundle());
		String standardBundle = TlsBundles.text(standard.getBundle());
		put("ssl.enabled", own.getEnabled(), (ownBundle != null) ? null : standard.getEnabled(),
				ownBundle != null || standardBundle != null);
		put("ssl.bundle", ownBundle, standardBundle, null);
	}

	private void putCredentials(Credentials own) {
		put("credentials.type", own.getType(), null, null);
		if (own.getType() != null) {
			put("credentials.token", (own.getToken() != null) ? SanitizableData.SANITIZED_VALUE : null, null, null);
			put("credentials.token-source", own.getTokenSource(), null, null);
			put("credentials.username", own.getUsername(), null, null);
			put("credentials.password", (own.getPassword() != null) ? SanitizableData.SANITIZED_VALUE : null, null,
					null);
			put("credentials.registration", own.getRegistration(), null, null);
			put("credentials.allow-plaintext", own.isAllowPlaintext() ? true : null, null, false);
		}
	}

	private void put(String name, @Nullable Object own, @Nullable Object standard, @Nullable Object starter) {
		if (own != null) {
			this.settings.put(name, ofReference(name, own));
		}
		else if (standard != null) {
			this.settings.put(name, new Setting<>(standard, "rpc.client.defaults." + name));
		}
		else if (starter != null) {
			this.settings.put(name, new Setting<>(starter, ReferenceDescription.STARTER));
		}
	}

	private void putGlobal(String name, @Nullable Object own, String property, Object standard) {
		this.settings.put(name, (own != null) ? ofReference(name, own) : new Setting<>(standard, property));
	}

	private Setting<?> ofReference(String name, Object value) {
		return new Setting<>(value, "rpc.client.references[" + this.application + "]." + name);
	}

}
