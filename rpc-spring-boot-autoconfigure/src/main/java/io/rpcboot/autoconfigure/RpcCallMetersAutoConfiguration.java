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

import io.micrometer.core.instrument.MeterRegistry;
import io.rpcboot.actuate.call.ClientCallMeters;
import io.rpcboot.actuate.call.ServerCallMeters;
import io.rpcboot.client.CallObservation;
import io.rpcboot.server.RpcServerCustomizer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Configures the meters of calls. Calls cannot wait for a registry, so there must be one
 * already; the meters of everything else are bound to registries that come later, too.
 */
@AutoConfiguration(
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnSingleCandidate(MeterRegistry.class)
public final class RpcCallMetersAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty(name = "rpc.server.metrics.enabled", matchIfMissing = true)
	ServerCallMeters rpcServerCallMeters(MeterRegistry registry) {
		return new ServerCallMeters(registry);
	}

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	@ConditionalOnBooleanProperty(name = "rpc.server.metrics.enabled", matchIfMissing = true)
	RpcServerCustomizer rpcServerCallMetersCustomizer(ServerCallMeters meters) {
		return (builder) -> builder.addStreamTracerFactory(meters);
	}

	@Bean
	@ConditionalOnMissingBean(CallObservation.class)
	@ConditionalOnBooleanProperty(name = "rpc.client.metrics.enabled", matchIfMissing = true)
	ClientCallMeters rpcClientCallMeters(MeterRegistry registry) {
		return new ClientCallMeters(registry);
	}

}
