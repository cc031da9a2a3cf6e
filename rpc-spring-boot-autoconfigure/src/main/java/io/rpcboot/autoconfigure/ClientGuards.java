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
import java.util.function.Function;

import io.rpcboot.autoconfigure.RpcClientProperties.Fallback;
import io.rpcboot.autoconfigure.RpcClientProperties.Throttling;
import io.rpcboot.call.HeaderCarrier;
import io.rpcboot.client.fallback.FallbackSettings;
import io.rpcboot.client.throttle.ThrottleSettings;

/**
 * Makes the settings of connecting, throttling, fallbacks and carried headers, and checks
 * them.
 */
final class ClientGuards {

	private static final Duration MAX_CONNECT_TIMEOUT = Duration.ofMinutes(10);

	private ClientGuards() {
	}

	static Function<String, Duration> connectTimeouts(RpcClientProperties properties) {
		Duration standard = properties.getDefaults().getConnectTimeout();
		check("rpc.client.defaults.connect-timeout", standard);
		Map<String, Duration> timeouts = new LinkedHashMap<>();
		properties.getReferences().forEach((application, reference) -> {
			Duration timeout = reference.getConnectTimeout();
			if (timeout != null) {
				check(key(application) + ".connect-timeout", timeout);
				timeouts.put(application, timeout);
			}
		});
		return (application) -> timeouts.getOrDefault(application, standard);
	}

	static ThrottleSettings throttling(RpcClientProperties properties) {
		Map<String, ThrottleSettings.Reference> references = new LinkedHashMap<>();
		properties.getReferences().forEach((application, reference) -> {
			Map<String, io.rpcboot.client.throttle.Throttling> methods = new LinkedHashMap<>();
			reference.getMethods()
				.forEach((name, method) -> methods.put(name,
						throttling(key(application) + ".methods[" + name + "]", method.getThrottling())));
			references.put(application,
					new ThrottleSettings.Reference(throttling(key(application), reference.getThrottling()), methods));
		});
		return new ThrottleSettings(throttling("rpc.client.defaults", properties.getDefaults().getThrottling()),
				references);
	}

	static FallbackSettings fallbacks(RpcClientProperties properties) {
		Map<String, FallbackSettings.Reference> references = new LinkedHashMap<>();
		properties.getReferences().forEach((application, reference) -> {
			Map<String, FallbackSettings.Fallback> methods = new LinkedHashMap<>();
			reference.getMethods()
				.forEach((name, method) -> methods.put(name,
						fallback(key(application) + ".methods[" + name + "]", method.getFallback())));
			references.put(application,
					new FallbackSettings.Reference(fallback(key(application), reference.getFallback()), methods));
		});
		return new FallbackSettings(references);
	}

	/**
	 * Checks each list for itself first, to blame the right one.
	 */
	static HeaderCarrier carrier(RpcClientProperties properties) {
		List<String> oneHop = properties.getCarry().getOneHop();
		List<String> wholeChain = properties.getCarry().getWholeChain();
		Checked.property("rpc.client.carry.one-hop", oneHop, () -> new HeaderCarrier(oneHop, List.of()));
		return Checked.property("rpc.client.carry.whole-chain", wholeChain,
				() -> new HeaderCarrier(oneHop, wholeChain));
	}

	private static io.rpcboot.client.throttle.Throttling throttling(String key, Throttling throttling) {
		Duration window = throttling.getWindow();
		Checked.that(
				window == null
						|| (!window.minusSeconds(1).isNegative() && !Duration.ofMinutes(10).minus(window).isNegative()),
				key + ".throttling.window", window, "1s to 10m");
		Double k = throttling.getK();
		Checked.that(k == null || (k >= 1 && k <= 100), key + ".throttling.k", k, "1 to 100");
		return new io.rpcboot.client.throttle.Throttling(throttling.getEnabled(), k, window, throttling.getDryRun());
	}

	private static FallbackSettings.Fallback fallback(String key, Fallback fallback) {
		String bean = fallback.getBean();
		Checked.that(bean == null || !bean.isBlank(), key + ".fallback.bean", bean, "the name of a bean");
		return Checked.property(key + ".fallback.statuses", fallback.getStatuses(),
				() -> new FallbackSettings.Fallback(bean, fallback.getStatuses()));
	}

	private static void check(String key, Duration connectTimeout) {
		Checked.that(
				connectTimeout.toMillis() >= 1 && connectTimeout.compareTo(MAX_CONNECT_TIMEOUT) <= 0
						&& connectTimeout.equals(Duration.ofMillis(connectTimeout.toMillis())),
				key, connectTimeout, "whole milliseconds, 1ms to 10m");
	}

	private static String key(String application) {
		return "rpc.client.references[" + application + "]";
	}

}
