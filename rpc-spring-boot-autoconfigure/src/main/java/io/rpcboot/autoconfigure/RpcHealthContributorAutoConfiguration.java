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

import io.rpcboot.actuate.RpcReferencesHealthIndicator;
import io.rpcboot.actuate.RpcRegistryHealthIndicator;
import io.rpcboot.actuate.RpcServerHealthIndicator;
import io.rpcboot.client.RpcChannels;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.server.RpcServerLifecycle;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Configures the health contributors {@code rpcRegistry}, {@code rpcServer} and
 * {@code rpcReferences}.
 */
@AutoConfiguration(after = { RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
		RpcClientAutoConfiguration.class })
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@EnableConfigurationProperties(RpcHealthProperties.class)
public final class RpcHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "rpcRegistryHealthIndicator", "rpcRegistryHealthContributor" })
	@ConditionalOnEnabledHealthIndicator("rpc-registry")
	RpcRegistryHealthIndicator rpcRegistryHealthIndicator(ServiceDiscovery discovery,
			ObjectProvider<RpcServerLifecycle> server) {
		return new RpcRegistryHealthIndicator(discovery, () -> {
			RpcServerLifecycle lifecycle = server.getIfAvailable();
			return (lifecycle != null) ? lifecycle.registration() : null;
		});
	}

	@Bean
	@ConditionalOnMissingBean(name = { "rpcServerHealthIndicator", "rpcServerHealthContributor" })
	@ConditionalOnEnabledHealthIndicator("rpc-server")
	@ConditionalOnBean(RpcServerLifecycle.class)
	RpcServerHealthIndicator rpcServerHealthIndicator(RpcServerLifecycle server) {
		return new RpcServerHealthIndicator(server);
	}

	@Bean
	@ConditionalOnMissingBean(name = { "rpcReferencesHealthIndicator", "rpcReferencesHealthContributor" })
	@ConditionalOnEnabledHealthIndicator("rpc-references")
	@ConditionalOnBean({ RpcChannels.class, BalancerContext.class })
	RpcReferencesHealthIndicator rpcReferencesHealthIndicator(RpcChannels channels, BalancerContext balancing,
			ServiceDiscovery discovery, RpcHealthProperties properties) {
		return new RpcReferencesHealthIndicator(channels, balancing, discovery, properties.getRequiredReferences());
	}

}
