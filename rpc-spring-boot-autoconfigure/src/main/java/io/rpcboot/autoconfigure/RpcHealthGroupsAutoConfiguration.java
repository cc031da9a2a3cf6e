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

import io.rpcboot.actuate.GrpcHealthGroups;
import io.rpcboot.actuate.LivenessGroup;
import io.rpcboot.server.RpcServerLifecycle;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * Configures what connects Boot's health groups with this library: which of them
 * {@code grpc.health.v1} reports, and that liveness knows nothing of us.
 */
@AutoConfiguration(after = { HealthEndpointAutoConfiguration.class, RpcServerAutoConfiguration.class })
@ConditionalOnClass({ HealthEndpoint.class, Endpoint.class })
@EnableConfigurationProperties(RpcHealthProperties.class)
public final class RpcHealthGroupsAutoConfiguration {

	private static final String EXPOSED = "the endpoint health to be exposed, by "
			+ "management.endpoints.web.exposure.include";

	@Bean
	LivenessGroup rpcLivenessGroup() {
		return new LivenessGroup();
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean({ HealthEndpoint.class, HealthEndpointGroups.class, RpcServerLifecycle.class })
	@Lazy(false)
	GrpcHealthGroups rpcGrpcHealthGroups(RpcHealthProperties properties, RpcServerLifecycle server,
			HealthEndpoint endpoint, HealthEndpointGroups groups) {
		Checked.positive("rpc.health.interval", properties.getInterval());
		Map<String, String> names = new LinkedHashMap<>();
		check("rpc.health.group", properties.getGroup(), groups);
		properties.getServices().forEach((name, group) -> {
			check("rpc.health.services[" + name + "]", group, groups);
			names.put(name, group);
		});
		if (properties.getGroup() != null) {
			names.put("", properties.getGroup());
		}
		return new GrpcHealthGroups(server, endpoint, groups, names, properties.getInterval());
	}

	private static void check(String key, @Nullable String group, HealthEndpointGroups groups) {
		if (group != null && groups.get(group) == null) {
			throw new InvalidConfigurationPropertyValueException(key, group,
					"Expected: one of the groups " + groups.getNames().stream().sorted().toList()
							+ ", which stand under management.endpoint.health.group.");
		}
	}

	/**
	 * Nobody could ask the groups: to pass over them would report what is not well as
	 * SERVING.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(HealthEndpoint.class)
	static class WithoutHealthEndpoint {

		WithoutHealthEndpoint(RpcHealthProperties properties) {
			Checked.that(properties.getGroup() == null, "rpc.health.group", properties.getGroup(), EXPOSED);
			Checked.that(properties.getServices().isEmpty(), "rpc.health.services", properties.getServices(), EXPOSED);
		}

	}

}
