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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.rpcboot.client.RpcClientSettings.Defaults;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.client.fallback.FallbackSettings;
import org.jspecify.annotations.Nullable;

/**
 * An injected reference, to be described to people. Holds neither the stub nor the bean.
 *
 * @param application the application that is called
 * @param where the injection point
 * @param type the type of the stub or channel
 * @param service the gRPC service; {@code null} if the type does not tell
 * @param fallback the bean that the annotation names; empty for none
 * @param fallbackStatuses when that bean answers, or one that the properties name; empty
 * for when it does by default
 * @param live what is set for the application
 * @param planner decides, by what is set, what holds
 */
record InjectedReference(String application, String where, String type, @Nullable ServiceDescriptor service,
		String fallback, List<Status.Code> fallbackStatuses, LiveReference live,
		Function<Reference, CallPlans> planner) {

	/**
	 * Describes what holds now.
	 * @param defaults what holds everywhere
	 * @return values and their origins; what was changed at run time says so
	 */
	ReferenceDescription describe(Defaults defaults) {
		Reference current = this.live.current();
		Map<String, Setting<?>> settings = settings(current, defaults);
		Map<String, Map<String, Setting<?>>> methods = methods(current);
		if (!current.equals(this.live.initial())) {
			mark(settings, settings(this.live.initial(), defaults));
			Map<String, Map<String, Setting<?>>> before = methods(this.live.initial());
			methods.forEach((method, values) -> mark(values, before.getOrDefault(method, Map.of())));
		}
		settings.put("fallback.statuses",
				this.fallbackStatuses.isEmpty()
						? new Setting<>(FallbackSettings.STANDARD_STATUSES, ReferenceDescription.STARTER)
						: new Setting<>(this.fallbackStatuses,
								new SettingNames(this.application, "", "fallbackStatuses").ofAnnotation()));
		if (!this.fallback.isEmpty()) {
			settings.put("fallback.bean",
					new Setting<>(this.fallback, new SettingNames(this.application, "", "fallback").ofAnnotation()));
		}
		ServiceDescriptor known = this.service;
		return new ReferenceDescription(this.application, this.where, this.type,
				(known != null) ? known.getName() : null, settings, methods);
	}

	private Map<String, Setting<?>> settings(Reference reference, Defaults defaults) {
		return new SettingReport(this.application, this.planner.apply(reference), reference).settings(defaults);
	}

	/**
	 * Of each method its timeout, and what differs from what holds for all.
	 */
	private Map<String, Map<String, Setting<?>>> methods(Reference reference) {
		Map<String, Map<String, Setting<?>>> methods = new LinkedHashMap<>();
		if (this.service != null) {
			SettingReport report = new SettingReport(this.application, this.planner.apply(reference), reference);
			Map<String, Setting<?>> ofAll = report.decided(null);
			for (MethodDescriptor<?, ?> method : this.service.getMethods()) {
				Map<String, Setting<?>> values = report.decided(method);
				values.entrySet()
					.removeIf((value) -> !value.getKey().equals(SettingReport.TIMEOUT)
							&& value.getValue().equals(ofAll.get(value.getKey())));
				methods.put(method.getFullMethodName(), values);
			}
		}
		return methods;
	}

	/**
	 * A property no longer is where a value comes from that somebody has changed since.
	 */
	private void mark(Map<String, Setting<?>> values, Map<String, Setting<?>> before) {
		String own = new SettingNames(this.application, "", "").ofReference();
		String prefix = own.substring(0, own.length() - 1);
		values.replaceAll(
				(name, setting) -> (setting.origin().startsWith(prefix) && !Objects.equals(setting, before.get(name)))
						? new Setting<>(setting.value(), ReferenceDescription.AT_RUN_TIME) : setting);
	}

}
