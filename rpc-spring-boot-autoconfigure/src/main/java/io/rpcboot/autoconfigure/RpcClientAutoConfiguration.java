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

import io.grpc.ClientInterceptor;
import io.rpcboot.call.HeaderCarrier;
import io.rpcboot.client.CallObservation;
import io.rpcboot.client.GlobalClientInterceptor;
import io.rpcboot.client.ReferenceGuards;
import io.rpcboot.client.RpcChannelCustomizer;
import io.rpcboot.client.RpcChannels;
import io.rpcboot.client.RpcClientSettings;
import io.rpcboot.client.RpcReferenceInjection;
import io.rpcboot.client.RpcReferences;
import io.rpcboot.client.SubsetSettings;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.client.balancer.policy.LoadBalancingPolicy;
import io.rpcboot.client.credentials.ReferenceCredentials;
import io.rpcboot.client.credentials.TokenRegistrations;
import io.rpcboot.client.credentials.TokenRelay;
import io.rpcboot.client.error.ErrorDecodingInterceptor;
import io.rpcboot.client.error.RpcErrorDecoder;
import io.rpcboot.client.resolver.RpcNameResolverProvider;
import io.rpcboot.client.routing.InstanceFilter;
import io.rpcboot.client.throttle.ClientThrottles;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.server.GlobalServerInterceptor;
import io.rpcboot.server.ServerInterceptorOrder;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.AutowiredAnnotationBeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Configures {@link io.rpcboot.client.RpcReference} injection and the channels behind it.
 */
@AutoConfiguration(after = RpcRegistryAutoConfiguration.class)
@EnableConfigurationProperties(RpcClientProperties.class)
@Import(InstanceFilterConfiguration.class)
public final class RpcClientAutoConfiguration {

	@Bean
	static RpcReferenceInjection rpcReferenceInjection() {
		return new RpcReferenceInjection();
	}

	@Bean
	static AutowiredAnnotationBeanPostProcessor rpcReferenceFieldsAndSetters() {
		return RpcReferenceInjection.fieldsAndSetters();
	}

	@Bean
	@ConditionalOnMissingBean
	RpcClientSettings rpcClientSettings(RpcClientProperties properties, Environment environment) {
		return ClientSettings.from(properties, environment);
	}

	@Bean
	@ConditionalOnMissingBean
	BalancerContext rpcBalancerContext(RpcClientProperties properties, ObjectProvider<LoadBalancingPolicy> policies,
			ListableBeanFactory beans) {
		return ClientBalancing.context(properties, policies.orderedStream().toList(),
				ordered(OrderedBeans.of(beans, InstanceFilter.class)));
	}

	@Bean
	@ConditionalOnMissingBean
	SubsetSettings rpcSubsetSettings(RpcClientProperties properties) {
		return ClientSubsets.from(properties);
	}

	@Bean
	@ConditionalOnMissingBean
	RpcChannels rpcChannels(RpcClientProperties properties, RpcClientSettings settings, SubsetSettings subsets,
			ServiceDiscovery discovery, BalancerContext balancing, ObjectProvider<RpcChannelCustomizer> customizers,
			ListableBeanFactory beans, ObjectProvider<CallObservation> observation,
			ObjectProvider<SslBundles> bundles) {
		return new RpcChannels(settings, subsets, discovery, balancing, customizers.orderedStream().toList(),
				globalInterceptors(beans), ClientGuards.connectTimeouts(properties), observation.getIfAvailable(),
				ClientTls.from(properties, new TlsBundles(bundles.getIfAvailable())));
	}

	@Bean
	@ConditionalOnMissingBean
	ReferenceGuards rpcReferenceGuards(RpcClientProperties properties, ConfigurableListableBeanFactory beans,
			ObjectProvider<CallObservation> observation, ReferenceCredentials credentials) {
		return new ReferenceGuards(new ClientThrottles(ClientGuards.throttling(properties)),
				ClientGuards.fallbacks(properties), beans, observation.getIfAvailable(), credentials::interceptor);
	}

	@Bean
	@ConditionalOnMissingBean
	ReferenceCredentials rpcReferenceCredentials(RpcClientProperties properties, ListableBeanFactory beans,
			ObjectProvider<TokenRegistrations> registrations, ObjectProvider<TokenRelay> relay) {
		return new ReferenceCredentials(ClientCredentials.settings(properties),
				(name) -> ClientCredentials.tokenSource(name, beans), registrations::getIfAvailable,
				() -> relay.getIfAvailable(() -> TokenRelay.OF_CALL));
	}

	@Bean
	@GlobalServerInterceptor
	@Order(ServerInterceptorOrder.CARRIED_CONTEXT + 1)
	HeaderCarrier rpcHeaderCarrier(RpcClientProperties properties) {
		return ClientGuards.carrier(properties);
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "rpc.client.carry.async-tasks", matchIfMissing = true)
	CallTaskDecorator rpcCallTaskDecorator() {
		return new CallTaskDecorator();
	}

	@Bean
	@ConditionalOnMissingBean
	RpcReferences rpcReferences(RpcClientSettings settings, RpcChannels channels, ReferenceGuards guards,
			Environment environment) {
		return new RpcReferences(settings, channels, environment::resolveRequiredPlaceholders, guards);
	}

	@Bean
	@ConditionalOnMissingBean
	RpcNameResolverProvider rpcNameResolverProvider(ServiceDiscovery discovery, BalancerContext balancing) {
		return new RpcNameResolverProvider(discovery, balancing);
	}

	private static List<ClientInterceptor> globalInterceptors(ListableBeanFactory beans) {
		List<ClientInterceptor> interceptors = new ArrayList<>(
				ordered(OrderedBeans.of(beans, ClientInterceptor.class, GlobalClientInterceptor.class)));
		List<RpcErrorDecoder> decoders = ordered(OrderedBeans.of(beans, RpcErrorDecoder.class));
		if (!decoders.isEmpty()) {
			// The innermost of them, so that all see the exception.
			interceptors.add(new ErrorDecodingInterceptor(decoders));
		}
		return interceptors;
	}

	private static <T> List<T> ordered(List<OrderedBeans.Ordered<T>> beans) {
		return beans.stream().map(OrderedBeans.Ordered::bean).toList();
	}

}
