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

import java.util.HashSet;
import java.util.List;

import io.rpcboot.autoconfigure.RpcClientProperties.Reference;
import io.rpcboot.autoconfigure.RpcClientProperties.Routing;
import io.rpcboot.client.RpcClientSettings;
import io.rpcboot.client.routing.RoutingSettings;
import io.rpcboot.client.routing.RoutingSettings.Preference;
import io.rpcboot.registry.RegistryName;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;

/**
 * Makes the settings of routing, and checks them.
 */
final class RoutingChecks {

	private RoutingChecks() {
	}

	/**
	 * Makes what holds for all applications. The own zone is what this application
	 * announces of itself.
	 */
	static RoutingSettings settings(Routing routing, Environment environment) {
		String prefix = "rpc.client.routing.";
		Checked.range(prefix + "zone.min-healthy", routing.getZone().getMinHealthy(), 0, 100);
		Checked.range(prefix + "namespace.min-healthy", routing.getNamespace().getMinHealthy(), 0, 100);
		RoutingSettings.Label lane = label(prefix + "lane.tag", routing.getLane().getTag(),
				routing.getLane().isStrict());
		RoutingSettings.Label tenant = label(prefix + "tenant.tag", routing.getTenant().getTag(),
				routing.getTenant().isStrict());
		Checked.that(!lane.tag().equals(tenant.tag()), prefix + "tenant.tag", tenant.tag(),
				"another tag than that of " + prefix + "lane.tag");
		String zone = environment.getProperty("rpc.registry.instance.zone");
		boolean preferred = routing.getZone().isEnabled() && zone != null && !zone.isEmpty();
		return new RoutingSettings(lane, tenant,
				new Preference(preferred ? zone : null, routing.getZone().getMinHealthy()),
				new Preference(null, routing.getNamespace().getMinHealthy()));
	}

	/**
	 * Makes what holds for one application.
	 */
	static RpcClientSettings.Routing ofReference(String key, Reference reference) {
		List<String> namespaces = reference.getNamespaces();
		namespaces.forEach((namespace) -> Checked.that(RegistryName.isValid(namespace), key + ".namespaces", namespace,
				RegistryName.PATTERN));
		Checked.that(new HashSet<>(namespaces).size() == namespaces.size(), key + ".namespaces", namespaces,
				"each namespace once");
		Checked.that(namespaces.isEmpty() || reference.getAddresses().isEmpty(), key + ".namespaces", namespaces,
				"none, as " + key + ".addresses bypasses the registry; or remove the addresses");
		String preferred = reference.getPreferNamespace();
		Checked.that(preferred == null || namespaces.contains(preferred), key + ".prefer-namespace", preferred,
				"one of " + key + ".namespaces, which are " + namespaces);
		Checked.that(isTextOrNull(reference.getVersion()), key + ".version", reference.getVersion(),
				"a version or the beginning of one, such as 2 or 2.1");
		reference.getTags()
			.forEach((tag, value) -> Checked.that(!tag.isBlank(), key + ".tags", tag + "=" + value,
					"the name of a tag, and its value"));
		return new RpcClientSettings.Routing(namespaces, preferred, reference.getVersion(), reference.getTags());
	}

	private static RoutingSettings.Label label(String key, String tag, boolean strict) {
		return Checked.property(key, tag, () -> new RoutingSettings.Label(tag, strict));
	}

	private static boolean isTextOrNull(@Nullable String text) {
		return text == null || !text.isBlank();
	}

}
