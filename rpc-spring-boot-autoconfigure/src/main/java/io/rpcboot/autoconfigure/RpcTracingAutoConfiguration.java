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

import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationConvention;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcServerInterceptor;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.rpcboot.client.GlobalClientInterceptor;
import io.rpcboot.server.GlobalServerInterceptor;
import io.rpcboot.server.ServerInterceptorOrder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Configures the spans of calls, where there is a tracer to make them: they cost more
 * than all else that a call does.
 */
@AutoConfiguration(afterName = {
		"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
		"org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
		"org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration",
		"org.springframework.boot.micrometer.tracing.brave.autoconfigure.BraveAutoConfiguration",
		"org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration" })
@ConditionalOnClass({ Tracer.class, ObservationGrpcServerInterceptor.class })
@ConditionalOnSingleCandidate(Tracer.class)
public final class RpcTracingAutoConfiguration {

	@Bean
	@GlobalServerInterceptor
	@Order(ServerInterceptorOrder.OBSERVATION)
	@ConditionalOnSingleCandidate(ObservationRegistry.class)
	@ConditionalOnBooleanProperty(name = "rpc.server.tracing.enabled", matchIfMissing = true)
	ServerTracing rpcServerTracing(Tracer tracer, ObservationRegistry registry,
			ObjectProvider<GrpcServerObservationConvention> convention) {
		return new ServerTracing(tracer, registry, convention.getIfUnique());
	}

	@Bean
	@GlobalClientInterceptor
	@Order(Ordered.HIGHEST_PRECEDENCE)
	@ConditionalOnSingleCandidate(ObservationRegistry.class)
	@ConditionalOnBooleanProperty(name = "rpc.client.tracing.enabled", matchIfMissing = true)
	ClientTracing rpcClientTracing(Tracer tracer, ObservationRegistry registry,
			ObjectProvider<GrpcClientObservationConvention> convention) {
		return new ClientTracing(tracer, registry, convention.getIfUnique());
	}

}
