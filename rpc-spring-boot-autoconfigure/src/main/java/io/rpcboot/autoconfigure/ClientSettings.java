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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import io.rpcboot.autoconfigure.RpcClientProperties.Defaults;
import io.rpcboot.autoconfigure.RpcClientProperties.ExecutorPool;
import io.rpcboot.autoconfigure.RpcClientProperties.HashKey;
import io.rpcboot.autoconfigure.RpcClientProperties.Method;
import io.rpcboot.autoconfigure.RpcClientProperties.Reference;
import io.rpcboot.client.RpcClientSettings;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.registry.RegistryName;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.util.unit.DataSize;

/**
 * Makes the client's settings of the properties, and checks them.
 */
final class ClientSettings {

	private static final Pattern METHOD = Pattern.compile("[A-Za-z_][\\w.]*(/[A-Za-z_]\\w*)?");

	private ClientSettings() {
	}

	static RpcClientSettings from(RpcClientProperties properties, Environment environment) {
		Defaults defaults = properties.getDefaults();
		Checked.positive("rpc.client.defaults.timeout", defaults.getTimeout());
		Checked.positive("rpc.client.defaults.stream-timeout", defaults.getStreamTimeout());
		Map<String, RpcClientSettings.Reference> references = new LinkedHashMap<>();
		properties.getReferences()
			.forEach((application, reference) -> references.put(application, reference(application, reference)));
		properties.getServices()
			.forEach((service, application) -> Checked.that(RegistryName.isValid(application),
					"rpc.client.services[" + service + "]", application, RegistryName.PATTERN));
		return new RpcClientSettings(environment.getProperty("spring.application.name"), new RpcClientSettings.Defaults(
				defaults.getTimeout(), defaults.getStreamTimeout(), defaults.getLoadBalancing(),
				PropertiesServerCustomizer.bytes("rpc.client.defaults.max-inbound-message-size",
						defaults.getMaxInboundMessageSize()),
				ClientAttempts.of("rpc.client.defaults", defaults),
				maxBuffered("rpc.client.defaults", defaults.getMaxBuffered()),
				connections("rpc.client.defaults", defaults.getConnections())), references, properties.getServices(),
				callbacks(properties.getExecutor(), environment),
				RoutingChecks.settings(properties.getRouting(), environment));
	}

	private static RpcClientSettings.Callbacks callbacks(ExecutorPool executor, Environment environment) {
		Checked.range("rpc.client.executor.threads", executor.getThreads(), 1, Integer.MAX_VALUE);
		return new RpcClientSettings.Callbacks(executor.getThreads(),
				Threading.VIRTUAL.isActive(environment) ? new VirtualThreadTaskExecutor("rpc-callback-") : null);
	}

	private static RpcClientSettings.Reference reference(String application, Reference reference) {
		String key = "rpc.client.references[" + application + "]";
		Checked.that(RegistryName.isValid(application), key, application, RegistryName.PATTERN);
		Checked.positive(key + ".timeout", reference.getTimeout());
		Checked.positive(key + ".stream-timeout", reference.getStreamTimeout());
		Map<String, RpcClientSettings.Method> methods = new LinkedHashMap<>();
		reference.getMethods().forEach((name, method) -> methods.put(name, method(key, name, method)));
		Integer maxInbound = (reference.getMaxInboundMessageSize() != null) ? PropertiesServerCustomizer
			.bytes(key + ".max-inbound-message-size", reference.getMaxInboundMessageSize()) : null;
		Long maxBuffered = (reference.getMaxBuffered() != null) ? maxBuffered(key, reference.getMaxBuffered()) : null;
		Integer connections = (reference.getConnections() != null) ? connections(key, reference.getConnections())
				: null;
		return Checked.property(key + ".addresses", reference.getAddresses(),
				() -> new RpcClientSettings.Reference(reference.getTimeout(), reference.getStreamTimeout(),
						reference.getLoadBalancing(), maxInbound, reference.getAuthority(), reference.getAddresses(),
						methods, RoutingChecks.ofReference(key, reference),
						hashKey(key + ".hash-key", reference.getHashKey()), ClientAttempts.of(key, reference),
						maxBuffered, connections));
	}

	private static int connections(String key, int connections) {
		Checked.range(key + ".connections", connections, 1, BalancerContext.MAX_CONNECTIONS);
		return connections;
	}

	private static long maxBuffered(String key, DataSize maxBuffered) {
		Checked.that(!maxBuffered.isNegative(), key + ".max-buffered", maxBuffered, "a size of at least 0");
		return maxBuffered.toBytes();
	}

	private static RpcClientSettings.@Nullable HashKeyOrigin hashKey(String key, HashKey hashKey) {
		String field = hashKey.getField();
		String header = hashKey.getHeader();
		if (field == null && header == null) {
			return null;
		}
		Checked.that(field == null || header == null, key + ".field", field,
				"none, as " + key + ".header is '" + header + "'; or remove that");
		return new RpcClientSettings.HashKeyOrigin(field, header);
	}

	private static RpcClientSettings.Method method(String referenceKey, String name, Method method) {
		String key = referenceKey + ".methods[" + name + "]";
		Checked.that(METHOD.matcher(name).matches(), key, name,
				"a method such as [demo.Greeter/SayHello] or a service such as [demo.Greeter], in brackets");
		Checked.positive(key + ".timeout", method.getTimeout());
		Checked.positive(key + ".stream-timeout", method.getStreamTimeout());
		return new RpcClientSettings.Method(method.getTimeout(), method.getStreamTimeout(), method.getLoadBalancing(),
				hashKey(key + ".hash-key", method.getHashKey()), ClientAttempts.of(key, method));
	}

}
