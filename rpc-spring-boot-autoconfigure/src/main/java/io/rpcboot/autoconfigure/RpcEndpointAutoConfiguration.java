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

import io.rpcboot.actuate.RpcEndpoint;
import io.rpcboot.actuate.RpcEndpointWebExtension;
import io.rpcboot.client.RpcReferences;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.server.RpcServerLifecycle;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Configures the actuator's endpoint {@code rpc}, where it is exposed.
 */
@AutoConfiguration(after = { RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
		RpcClientAutoConfiguration.class })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(RpcEndpoint.class)
@ConditionalOnBean(ServiceDiscovery.class)
@EnableConfigurationProperties(RpcEndpointProperties.class)
public final class RpcEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RpcEndpoint rpcEndpoint(ObjectProvider<RpcServerLifecycle> server, ObjectProvider<RpcReferences> references,
			ServiceDiscovery discovery, ObjectProvider<RpcClientProperties> client, ConfigurableEnvironment environment,
			ObjectProvider<SanitizingFunction> sanitizing, RpcEndpointProperties properties) {
		RpcClientProperties set = client.getIfAvailable(RpcClientProperties::new);
		return new RpcEndpoint(server.getIfAvailable(), references.getIfAvailable(), discovery,
				(application) -> GuardReport.of(set, application), environment, sanitizing.orderedStream().toList(),
				properties.getShowValues());
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(RpcEndpoint.class)
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	RpcEndpointWebExtension rpcEndpointWebExtension(RpcEndpoint endpoint, RpcEndpointProperties properties) {
		return new RpcEndpointWebExtension(endpoint, properties.getShowValues(), properties.getRoles());
	}

}
