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

package io.rpcboot.benchmarks.budget;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.rpcboot.actuate.call.ClientCallMeters;
import io.rpcboot.benchmarks.v1.BenchGrpc.BenchStub;
import io.rpcboot.client.CallObservation;
import io.rpcboot.client.RpcReference;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.core.env.Environment;

/**
 * An application whose calls are answered where an attempt would be handed to the
 * transport, so that all of the library is passed through and nothing of gRPC's.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class AnsweredClient {

	static final String APPLICATION = "answered";

	@Bean
	CallObservation observation(MeterRegistry registry, Environment environment) {
		boolean metered = environment.getProperty("rpc.client.metrics.enabled", Boolean.class, true);
		return new Answering(metered ? new ClientCallMeters(registry) : null);
	}

	@Bean
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	BenchCaller caller(@RpcReference(value = APPLICATION, nonBlocking = true) BenchStub stub) {
		return new BenchCaller(stub);
	}

	/**
	 * What has a reference injected.
	 *
	 * @param stub the reference
	 */
	record BenchCaller(BenchStub stub) {

	}

	private record Answering(@Nullable ClientCallMeters meters) implements CallObservation {

		@Override
		public ClientInterceptor calls(String application) {
			return (this.meters != null) ? this.meters.calls(application) : new Instead(null);
		}

		@Override
		public ClientInterceptor attempts(String application) {
			Channel answering = new AnsweringChannel();
			return new Instead((this.meters != null)
					? ClientInterceptors.intercept(answering, this.meters.attempts(application)) : answering);
		}

	}

	/**
	 * Goes to another channel than the next, if there is one.
	 */
	private record Instead(@Nullable Channel other) implements ClientInterceptor {

		@Override
		public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
			return ((this.other != null) ? this.other : next).newCall(method, options);
		}

	}

}
