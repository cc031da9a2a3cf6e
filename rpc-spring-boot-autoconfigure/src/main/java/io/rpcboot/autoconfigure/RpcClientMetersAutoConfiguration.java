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
import io.rpcboot.actuate.RpcClientMeters;
import io.rpcboot.client.ReferenceGuards;
import io.rpcboot.client.RpcChannels;
import io.rpcboot.client.balancer.BalancerContext;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Configures the meters of the client.
 */
@AutoConfiguration(after = RpcClientAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean({ RpcChannels.class, BalancerContext.class, ReferenceGuards.class })
public final class RpcClientMetersAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RpcClientMeters rpcClientMeters(RpcChannels channels, BalancerContext balancing, ReferenceGuards guards) {
		return new RpcClientMeters(channels, balancing, guards);
	}

}
