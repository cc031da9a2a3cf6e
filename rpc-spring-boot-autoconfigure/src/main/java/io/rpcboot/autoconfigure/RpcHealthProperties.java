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
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationUnit;

/**
 * Properties of health, where there is Spring Boot's actuator.
 */
@ConfigurationProperties("rpc.health")
public class RpcHealthProperties {

	/**
	 * Health group of Spring Boot that decides, besides readiness and draining, whether
	 * grpc.health.v1 reports the server as a whole as SERVING; none when not set.
	 */
	private @Nullable String group;

	/**
	 * Health groups of Spring Boot by the names under which grpc.health.v1 reports them:
	 * full names of services, such as [demo.Greeter], or any others.
	 */
	private final Map<String, String> services = new LinkedHashMap<>();

	/**
	 * Pause between two looks at these groups.
	 */
	@DurationUnit(ChronoUnit.SECONDS)
	private Duration interval = Duration.ofSeconds(5);

	/**
	 * Applications without an instance of which the health contributor rpcReferences is
	 * OUT_OF_SERVICE, or * for all that are called; without any other it is DEGRADED.
	 */
	private final Set<String> requiredReferences = new LinkedHashSet<>();

	public @Nullable String getGroup() {
		return this.group;
	}

	public void setGroup(@Nullable String group) {
		this.group = group;
	}

	public Map<String, String> getServices() {
		return this.services;
	}

	public Duration getInterval() {
		return this.interval;
	}

	public void setInterval(Duration interval) {
		this.interval = interval;
	}

	public Set<String> getRequiredReferences() {
		return this.requiredReferences;
	}

}
