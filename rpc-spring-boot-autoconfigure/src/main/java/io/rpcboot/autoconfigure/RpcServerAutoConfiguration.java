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

import java.util.ArrayList;
import java.util.List;

import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.server.RpcServerCustomizer;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.RpcServerSettings;
import io.rpcboot.server.ServerTls;
import io.rpcboot.server.admission.CallerIdentity;
import io.rpcboot.server.authentication.AuthenticationSettings;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.support.DefaultLifecycleProcessor;

/**
 * Configures the server of {@link io.rpcboot.server.RpcService} beans. A context without
 * such beans starts no server; {@code rpc.server.port=-1} never does.
 */
@AutoConfiguration(after = RpcRegistryAutoConfiguration.class)
@EnableConfigurationProperties({ RpcServerProperties.class, RpcRegistryProperties.class })
public final class RpcServerAutoConfiguration {

	@Bean
	RpcServerPortInfo rpcServerPortInfo(ConfigurableApplicationContext context) {
		return new RpcServerPortInfo(context.getEnvironment());
	}

	@Bean
	@ConditionalOnMissingBean
	@Conditional(OnServerPortCondition.class)
	RpcServerLifecycle rpcServerLifecycle(RpcServerProperties properties, RpcRegistryProperties registryProperties,
			ConfigurableApplicationContext context, ObjectProvider<RpcServerCustomizer> customizers,
			ObjectProvider<ServiceRegistry> registry, ObjectProvider<EtcdConnectionDetails> etcd,
			ObjectProvider<DefaultLifecycleProcessor> lifecycleProcessor, ObjectProvider<CallerIdentity> callers,
			ObjectProvider<SslBundles> bundles) {
		List<RpcServerCustomizer> ordered = new ArrayList<>();
		ordered.add(new PropertiesServerCustomizer(properties));
		ServerTls tls = new TlsBundles(bundles.getIfAvailable()).server(properties.getSsl());
		if (tls != null) {
			ordered.add(tls);
		}
		customizers.orderedStream().forEach(ordered::add);
		boolean besideBoot = BootGrpcServer.isPresent(context);
		if (besideBoot) {
			BootGrpcServer.checkPort(context.getEnvironment(), properties.getPort());
		}
		RpcServerSettings settings = ServerSettings.from(properties, registryProperties,
				(registryProperties.getType() == RpcRegistryProperties.Type.ETCD) ? etcd.getIfAvailable() : null,
				context.getEnvironment(), besideBoot, callers.getIfAvailable(() -> CallerIdentity.BY_PRINCIPAL));
		long phaseMillis = settings.shutdown().gracePeriod().plusSeconds(5).toMillis();
		lifecycleProcessor
			.ifAvailable((processor) -> processor.setTimeoutForShutdownPhase(RpcServerLifecycle.PHASE, phaseMillis));
		return new RpcServerLifecycle(
				settings, context, ordered, registry.getIfAvailable(), (accepting) -> AvailabilityChangeEvent
					.publish(context, accepting ? ReadinessState.ACCEPTING_TRAFFIC : ReadinessState.REFUSING_TRAFFIC),
				context);
	}

	@Bean
	@ConditionalOnMissingBean
	AuthenticationSettings rpcAuthenticationSettings(RpcServerProperties properties) {
		return AuthenticationChecks.settings(properties);
	}

	@Bean
	RpcServerReadiness rpcServerReadiness(ConfigurableApplicationContext context,
			ObjectProvider<RpcServerLifecycle> server) {
		return new RpcServerReadiness(context, server);
	}

}
