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

import io.rpcboot.autoconfigure.RpcServerProperties.Admission;
import io.rpcboot.autoconfigure.RpcServerProperties.Admission.Adaptive;
import io.rpcboot.autoconfigure.RpcServerProperties.Admission.Callers;
import io.rpcboot.autoconfigure.RpcServerProperties.Admission.Limit;
import io.rpcboot.autoconfigure.RpcServerProperties.Admission.Rate;
import io.rpcboot.autoconfigure.RpcServerProperties.ExecutorPool;
import io.rpcboot.autoconfigure.RpcServerProperties.Service;
import io.rpcboot.server.RpcServerSettings;
import io.rpcboot.server.admission.AdmissionSettings;
import io.rpcboot.server.admission.CallerIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Makes the settings of limits and of pools with names, and checks them. Whether the
 * services that they name are served is seen when the server starts.
 */
final class AdmissionChecks {

	private static final String PREFIX = "rpc.server.admission.";

	private static final String NO_LIMIT = "none without a limit; set max-concurrent as well, or "
			+ "rpc.server.admission.adaptive.enabled=true";

	private static final double MAX_RATE = 1e9;

	private AdmissionChecks() {
	}

	static AdmissionSettings settings(Admission admission, CallerIdentity identity) {
		boolean adaptive = admission.getAdaptive().isEnabled();
		AdmissionSettings.Limit defaults = limit(PREFIX + "defaults", admission.getDefaults());
		checkTogether(PREFIX + "defaults", defaults, defaults, adaptive || !admission.getServices().isEmpty());
		Map<String, AdmissionSettings.Limit> services = new LinkedHashMap<>();
		admission.getServices().forEach((name, properties) -> {
			String key = PREFIX + "services.[" + name + "]";
			AdmissionSettings.Limit limit = limit(key, properties);
			checkTogether(key, limit, limit.or(defaults), adaptive);
			services.put(name, limit);
		});
		Map<String, AdmissionSettings.Limit> methods = new LinkedHashMap<>();
		admission.getMethods().forEach((name, properties) -> {
			String key = PREFIX + "methods.[" + name + "]";
			AdmissionSettings.Limit limit = limit(key, properties);
			Checked.that(limit.queueCapacity() == null || limit.maxConcurrent() != null, key + ".queue-capacity",
					limit.queueCapacity(),
					"none without " + key + ".max-concurrent: the method shares the queue of its service");
			String service = name.substring(0, Math.max(0, name.lastIndexOf('/')));
			AdmissionSettings.Limit wider = services.getOrDefault(service, AdmissionSettings.Limit.NONE).or(defaults);
			checkTogether(key, limit, limit.or(wider), adaptive);
			methods.put(name, limit);
		});
		return new AdmissionSettings(admission.isDryRun(), defaults, services, methods,
				adaptive(admission.getAdaptive()), callers(admission.getCallers(), identity));
	}

	static RpcServerSettings.Executors executors(Map<String, ExecutorPool> executors, Map<String, Service> services) {
		Map<String, RpcServerSettings.Pool> pools = new LinkedHashMap<>();
		executors.forEach((name, pool) -> {
			String key = "rpc.server.executors.[" + name + "]";
			Checked.that(!name.isBlank() && !name.equals("default"), key, name,
					"another name; the server's own executor is set by rpc.server.executor");
			pools.put(name, pool(key, pool));
		});
		Map<String, String> assigned = new LinkedHashMap<>();
		services.forEach((name, service) -> {
			String executor = service.getExecutor();
			if (executor != null) {
				Checked.that(!executor.isBlank(), "rpc.server.services.[" + name + "].executor", executor,
						"the name of a pool of rpc.server.executors, or of an executor bean");
				assigned.put(name, executor);
			}
		});
		return new RpcServerSettings.Executors(pools, assigned);
	}

	static RpcServerSettings.Pool pool(String key, ExecutorPool pool) {
		Checked.range(key + ".threads", pool.getThreads(), 1, Integer.MAX_VALUE);
		Checked.range(key + ".queue-capacity", pool.getQueueCapacity(), 1, Integer.MAX_VALUE);
		return new RpcServerSettings.Pool(pool.getThreads(), pool.getQueueCapacity());
	}

	private static AdmissionSettings.Limit limit(String key, Limit limit) {
		if (limit.getMaxConcurrent() != null) {
			Checked.range(key + ".max-concurrent", limit.getMaxConcurrent(), 1, Integer.MAX_VALUE);
		}
		if (limit.getQueueCapacity() != null) {
			Checked.range(key + ".queue-capacity", limit.getQueueCapacity(), 0, 1_000_000);
		}
		Checked.positive(key + ".max-queue-time", limit.getMaxQueueTime());
		return new AdmissionSettings.Limit(limit.getMaxConcurrent(), limit.getQueueCapacity(), limit.getMaxQueueTime(),
				limit.getPriority());
	}

	private static void checkTogether(String key, AdmissionSettings.Limit own, AdmissionSettings.Limit effective,
			boolean adaptive) {
		boolean limited = adaptive || effective.maxConcurrent() != null;
		Checked.that(limited || own.queueCapacity() == null, key + ".queue-capacity", own.queueCapacity(), NO_LIMIT);
		Checked.that(limited || own.maxQueueTime() == null, key + ".max-queue-time", own.maxQueueTime(), NO_LIMIT);
		Checked.that(limited || own.priority() == null, key + ".priority", own.priority(), NO_LIMIT);
		boolean queued = effective.queueCapacity() == null || effective.queueCapacity() > 0;
		Checked.that(queued || own.maxQueueTime() == null, key + ".max-queue-time", own.maxQueueTime(),
				"none, as queue-capacity is 0; or a queue-capacity above 0");
	}

	private static AdmissionSettings.Adaptive adaptive(Adaptive adaptive) {
		String key = PREFIX + "adaptive.";
		Checked.range(key + "min-limit", adaptive.getMinLimit(), 1, Integer.MAX_VALUE);
		Checked.that(adaptive.getMaxLimit() >= adaptive.getMinLimit(), key + "max-limit", adaptive.getMaxLimit(),
				"at least " + key + "min-limit, which is " + adaptive.getMinLimit());
		Checked.range(key + "cpu-percent", adaptive.getCpuPercent(), 1, 100);
		Checked.positive(key + "max-queue-delay", adaptive.getMaxQueueDelay());
		return new AdmissionSettings.Adaptive(adaptive.isEnabled(), adaptive.getMinLimit(), adaptive.getMaxLimit(),
				adaptive.getCpuPercent() / 100.0, adaptive.getMaxQueueDelay());
	}

	private static AdmissionSettings.Callers callers(Callers callers, CallerIdentity identity) {
		String key = PREFIX + "callers.";
		Checked.range(key + "max-tracked", callers.getMaxTracked(), 1, 10_000_000);
		AdmissionSettings.Rate defaultRate = rate(key + "defaults", callers.getDefaults());
		Map<String, AdmissionSettings.Rate> rates = new LinkedHashMap<>();
		callers.getNamed().forEach((name, properties) -> {
			String named = key + "named.[" + name + "]";
			AdmissionSettings.Rate rate = rate(named, properties);
			Checked.that(rate != null, named + ".rate", null, "calls a second, above 0");
			if (rate != null) {
				rates.put(name, rate);
			}
		});
		return new AdmissionSettings.Callers(rates, defaultRate, callers.getMaxTracked(), identity);
	}

	private static AdmissionSettings.@Nullable Rate rate(String key, Rate rate) {
		Double perSecond = rate.getRate();
		Integer burst = rate.getBurst();
		if (perSecond == null) {
			Checked.that(burst == null, key + ".burst", burst, "none without " + key + ".rate");
			return null;
		}
		Checked.that(perSecond > 0 && perSecond <= MAX_RATE, key + ".rate", perSecond,
				"calls a second, above 0 and up to 1000000000");
		if (burst != null) {
			Checked.range(key + ".burst", burst, 1, 1_000_000_000);
		}
		return new AdmissionSettings.Rate(perSecond, (burst != null) ? burst : (int) Math.ceil(perSecond));
	}

}
