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

import java.util.HashMap;
import java.util.Map;

import io.rpcboot.server.RpcServerStartedEvent;

import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;

/**
 * Puts the real port into the environment as {@code local.rpc.server.port}.
 */
final class RpcServerPortInfo implements ApplicationListener<RpcServerStartedEvent> {

	private static final String SOURCE = "rpc.server.ports";

	private final ConfigurableEnvironment environment;

	RpcServerPortInfo(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	@Override
	public void onApplicationEvent(RpcServerStartedEvent event) {
		PropertySource<?> source = this.environment.getPropertySources().get(SOURCE);
		Map<String, Object> ports = new HashMap<>();
		ports.put("local.rpc.server.port", event.port());
		if (source != null) {
			this.environment.getPropertySources().replace(SOURCE, new MapPropertySource(SOURCE, ports));
		}
		else {
			this.environment.getPropertySources().addFirst(new MapPropertySource(SOURCE, ports));
		}
	}

}
