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

import io.rpcboot.autoconfigure.RpcClientProperties.Reference;
import io.rpcboot.autoconfigure.RpcClientProperties.Throttling;
import io.rpcboot.client.ReferenceDescription;
import io.rpcboot.client.Setting;
import org.jspecify.annotations.Nullable;

/**
 * Lists what the properties say of connecting, throttling, fallbacks and subsets, which
 * no call decides, and which of them say so.
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
	 * @return by the last part of the property
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
		put("fallback.bean", own.getFallback().getBean(), null, null);
		put("fallback.statuses", own.getFallback().getStatuses().isEmpty() ? null : own.getFallback().getStatuses(),
				null, null);
		putGlobal("subset.enabled", own.getSubset().getEnabled(), "rpc.client.subset.enabled",
				properties.getSubset().isEnabled());
		putGlobal("subset.size", own.getSubset().getSize(), "rpc.client.subset.size", properties.getSubset().getSize());
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
