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

import io.grpc.ManagedChannelBuilder;
import io.rpcboot.client.resolver.RpcNameResolverProvider;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

/**
 * Lets the channels of Spring Boot's own gRPC client call {@code rpc:///application}
 * targets. Their load balancing and all other targets stay Boot's.
 */
@AutoConfiguration(after = RpcClientAutoConfiguration.class,
		beforeName = "org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration")
@ConditionalOnClass(GrpcChannelBuilderCustomizer.class)
public final class RpcBesideBootClientAutoConfiguration {

	@Bean
	@SuppressWarnings("deprecation") // The one way to add a resolver to a builder that
										// others made.
	<T extends ManagedChannelBuilder<T>> GrpcChannelBuilderCustomizer<T> rpcResolverForBootChannels(
			RpcNameResolverProvider resolver) {
		return (target, builder) -> {
			if (target.startsWith(RpcNameResolverProvider.SCHEME + ":")) {
				builder.nameResolverFactory(resolver);
			}
		};
	}

}
