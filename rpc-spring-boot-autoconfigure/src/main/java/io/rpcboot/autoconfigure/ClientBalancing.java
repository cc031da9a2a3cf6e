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

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.rpcboot.autoconfigure.RpcClientProperties.Outlier;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.client.balancer.outlier.OutlierSettings;
import io.rpcboot.client.balancer.policy.LoadBalancingPolicy;
import io.rpcboot.client.balancer.policy.Policies;
import io.rpcboot.client.balancer.policy.SlowStart;
import io.rpcboot.client.routing.InstanceFilter;
import io.rpcboot.client.routing.InstanceFilters;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what the channels share: the library's policies with the user's, the
 * filters, ejection and slow start.
 */
final class ClientBalancing {

	private static final Pattern POLICY = Pattern.compile("[a-z][a-z0-9_]*");

	private ClientBalancing() {
	}

	static BalancerContext context(RpcClientProperties properties, List<LoadBalancingPolicy> policies,
			List<InstanceFilter> filters) {
		return new BalancerContext(policies(policies), (application) -> InstanceFilters.of(filters, application),
				outliers(properties.getOutlier()), slowStart(properties.getSlowStart()));
	}

	/**
	 * A policy of the user's replaces ours of the same name.
	 */
	private static Map<String, LoadBalancingPolicy> policies(List<LoadBalancingPolicy> beans) {
		Map<String, LoadBalancingPolicy> policies = new LinkedHashMap<>(Policies.builtIn());
		for (LoadBalancingPolicy policy : beans) {
			Checked.that(POLICY.matcher(policy.name()).matches(), "name of the " + policy.getClass().getName(),
					policy.name(), "snake_case");
			policies.put(policy.name(), policy);
		}
		return policies;
	}

	private static @Nullable OutlierSettings outliers(Outlier outlier) {
		Checked.positive("rpc.client.outlier.interval", outlier.getInterval());
		Checked.positive("rpc.client.outlier.base-ejection-time", outlier.getBaseEjectionTime());
		Checked.positive("rpc.client.outlier.max-ejection-time", outlier.getMaxEjectionTime());
		Checked.range("rpc.client.outlier.max-ejection-percent", outlier.getMaxEjectionPercent(), 1, 100);
		Checked.range("rpc.client.outlier.consecutive-failures", outlier.getConsecutiveFailures(), 0,
				Integer.MAX_VALUE);
		Checked.range("rpc.client.outlier.panic-percent", outlier.getPanicPercent(), 0, 100);
		if (!outlier.isEnabled()) {
			return null;
		}
		return new OutlierSettings(outlier.getInterval(), outlier.getBaseEjectionTime(), outlier.getMaxEjectionTime(),
				outlier.getMaxEjectionPercent(), OutlierSettings.DEFAULTS.successRate(),
				OutlierSettings.DEFAULTS.failurePercentage(), outlier.getConsecutiveFailures(),
				outlier.getPanicPercent());
	}

	private static @Nullable SlowStart slowStart(RpcClientProperties.SlowStart slowStart) {
		Duration window = slowStart.getWindow();
		Checked.positive("rpc.client.slow-start.window", window);
		Checked.range("rpc.client.slow-start.min-weight-percent", slowStart.getMinWeightPercent(), 1, 100);
		return slowStart.isEnabled() ? new SlowStart(window, slowStart.getMinWeightPercent() / 100.0) : null;
	}

}
