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

import io.rpcboot.client.RpcClientSettings;
import io.rpcboot.client.routing.InstanceFilter;
import io.rpcboot.client.routing.InstanceFilterOrder;
import io.rpcboot.client.routing.InstanceFilters;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * The filters of calls, each at its place. A bean of the same name replaces one.
 */
@Configuration(proxyBeanMethods = false)
class InstanceFilterConfiguration {

	@Bean
	@Order(InstanceFilterOrder.STATE)
	@ConditionalOnMissingBean(name = "rpcStateFilter")
	InstanceFilter rpcStateFilter() {
		return InstanceFilters.state();
	}

	@Bean
	@Order(InstanceFilterOrder.TAGS)
	@ConditionalOnMissingBean(name = "rpcTagsFilter")
	InstanceFilter rpcTagsFilter() {
		return InstanceFilters.tags();
	}

	@Bean
	@Order(InstanceFilterOrder.LANE)
	@ConditionalOnMissingBean(name = "rpcLaneFilter")
	InstanceFilter rpcLaneFilter(RpcClientSettings settings) {
		return InstanceFilters.lane(settings.routing().lane());
	}

	@Bean
	@Order(InstanceFilterOrder.TENANT)
	@ConditionalOnMissingBean(name = "rpcTenantFilter")
	InstanceFilter rpcTenantFilter(RpcClientSettings settings) {
		return InstanceFilters.tenant(settings.routing().tenant());
	}

	@Bean
	@Order(InstanceFilterOrder.VERSION)
	@ConditionalOnMissingBean(name = "rpcVersionFilter")
	InstanceFilter rpcVersionFilter() {
		return InstanceFilters.version();
	}

	@Bean
	@Order(InstanceFilterOrder.NAMESPACE)
	@ConditionalOnMissingBean(name = "rpcNamespaceFilter")
	InstanceFilter rpcNamespaceFilter(RpcClientSettings settings) {
		return InstanceFilters.namespace((application) -> settings.routing(application).namespace());
	}

	@Bean
	@Order(InstanceFilterOrder.ZONE)
	@ConditionalOnMissingBean(name = "rpcZoneFilter")
	InstanceFilter rpcZoneFilter(RpcClientSettings settings) {
		return InstanceFilters.zone(settings.routing().zone());
	}

}
