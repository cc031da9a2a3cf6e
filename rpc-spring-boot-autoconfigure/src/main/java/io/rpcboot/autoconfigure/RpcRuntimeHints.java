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

import java.util.List;

import com.google.rpc.BadRequest;
import com.google.rpc.DebugInfo;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Help;
import com.google.rpc.LocalizedMessage;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RequestInfo;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/**
 * Tells a native image what the library reaches by name whatever the application's beans
 * are. What depends on them is told by {@code ReferenceHints} and {@code ServiceHints}.
 */
final class RpcRuntimeHints implements RuntimeHintsRegistrar {

	/**
	 * They name their fields to a method of their own, which the analysis may not see.
	 */
	private static final List<String> WITH_VAR_HANDLES = List.of("io.rpcboot.client.balancer.policy.InstanceStatistics",
			"io.rpcboot.client.balancer.policy.OpenCalls");

	/**
	 * Caffeine makes the names out of what a cache can do: here strong keys and values, a
	 * listener, and expiry after the write.
	 */
	private static final List<String> OF_CAFFEINE = List.of("com.github.benmanes.caffeine.cache.SSLW",
			"com.github.benmanes.caffeine.cache.PSW");

	/** What is looked for and may be missing. */
	private static final List<String> OPTIONAL = List.of(BootGrpcServer.LIFECYCLE,
			AuthenticationChecks.SPRING_SECURITY);

	/** Protobuf asks the class for the empty message when one is unpacked. */
	private static final List<Class<?>> DETAILS = List.of(BadRequest.class, DebugInfo.class, ErrorInfo.class,
			Help.class, LocalizedMessage.class, PreconditionFailure.class, QuotaFailure.class, RequestInfo.class,
			ResourceInfo.class, RetryInfo.class);

	private static final String POLICIES = "io.rpcboot.client.balancer.LoadBalancerProviders$";

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		ReflectionHints reflection = hints.reflection();
		WITH_VAR_HANDLES
			.forEach((name) -> reflection.registerType(TypeReference.of(name), MemberCategory.ACCESS_DECLARED_FIELDS));
		OF_CAFFEINE.forEach((name) -> reflection.registerTypeIfPresent(classLoader, name,
				MemberCategory.INVOKE_DECLARED_CONSTRUCTORS, MemberCategory.ACCESS_DECLARED_FIELDS));
		OPTIONAL.forEach((name) -> reflection.registerTypeIfPresent(classLoader, name));
		DETAILS.forEach((type) -> reflection.registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS));
		hints.resources().registerPattern("META-INF/services/io.grpc.LoadBalancerProvider");
		List.of("P2c", "RoundRobin", "Random", "PickFirst", "ConsistentHash")
			.forEach((policy) -> reflection.registerType(TypeReference.of(POLICIES + policy),
					MemberCategory.INVOKE_DECLARED_CONSTRUCTORS));
	}

}
