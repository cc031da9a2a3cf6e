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

import io.rpcboot.testing.EchoService;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * The properties of the server as they are bound, with and without an application.
 */
final class BoundServerProperties {

	private BoundServerProperties() {
	}

	/** Binds values by their names without the prefix. */
	static RpcServerProperties bind(Map<String, String> values) {
		Map<String, String> prefixed = new LinkedHashMap<>();
		values.forEach((key, value) -> prefixed.put("rpc.server." + key, value));
		return new Binder(new MapConfigurationPropertySource(prefixed)).bindOrCreate("rpc.server",
				RpcServerProperties.class);
	}

	/** An application with one service. */
	static ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.grpc.server"))
			.withBean(EchoService.class, "one")
			.withPropertyValues("rpc.registry.type=none", "rpc.server.port=0", "rpc.server.address=127.0.0.1");
	}

	/** What is said of the value because of which a start has failed. */
	static InvalidConfigurationPropertyValueException invalid(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof InvalidConfigurationPropertyValueException invalid) {
				return invalid;
			}
		}
		throw new AssertionError("No invalid value", failure);
	}

}
