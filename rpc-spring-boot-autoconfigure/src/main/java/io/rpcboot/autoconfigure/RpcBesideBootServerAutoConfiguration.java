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

import java.util.Set;
import java.util.stream.Collectors;

import io.grpc.BindableService;
import io.rpcboot.server.RpcService;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.DefaultGrpcServerFactory;

/**
 * Shares the services out where Spring Boot's own gRPC server is present too: the
 * annotated ones are ours, plain ones are Boot's.
 */
@AutoConfiguration(before = RpcServerAutoConfiguration.class,
		beforeName = "org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration")
@ConditionalOnClass({ GrpcServerFactoryCustomizer.class, DefaultGrpcServerFactory.class })
public final class RpcBesideBootServerAutoConfiguration {

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	GrpcServerFactoryCustomizer rpcServicesAreNotBoots(ListableBeanFactory beans) {
		return (factory) -> {
			if (factory instanceof DefaultGrpcServerFactory<?> server) {
				Set<String> ours = annotatedServices(beans);
				server
					.setServiceFilter((service, candidate) -> !ours.contains(service.getServiceDescriptor().getName()));
			}
		};
	}

	private static Set<String> annotatedServices(ListableBeanFactory beans) {
		return beans.getBeansWithAnnotation(RpcService.class)
			.values()
			.stream()
			.filter(BindableService.class::isInstance)
			.map((bean) -> ((BindableService) bean).bindService().getServiceDescriptor().getName())
			.collect(Collectors.toSet());
	}

}
