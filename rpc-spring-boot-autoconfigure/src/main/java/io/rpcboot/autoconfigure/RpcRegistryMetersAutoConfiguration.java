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

import io.micrometer.core.instrument.binder.MeterBinder;
import io.rpcboot.actuate.RpcRegistryMeters;
import io.rpcboot.registry.RegistrationStatistics;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.server.RpcServerLifecycle;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Configures the meters of the registry.
 */
@AutoConfiguration(after = { RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class })
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(ServiceDiscovery.class)
public final class RpcRegistryMetersAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RpcRegistryMeters rpcRegistryMeters(ServiceDiscovery discovery, ObjectProvider<RpcServerLifecycle> server) {
		return new RpcRegistryMeters(discovery, () -> {
			RpcServerLifecycle lifecycle = server.getIfAvailable();
			return (lifecycle != null) ? lifecycle.registration() : null;
		}, () -> {
			RpcServerLifecycle lifecycle = server.getIfAvailable();
			return (lifecycle != null) ? lifecycle.registrationStatistics() : RegistrationStatistics.NONE;
		});
	}

}
