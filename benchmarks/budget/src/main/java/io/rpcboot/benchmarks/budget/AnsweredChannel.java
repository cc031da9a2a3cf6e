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

import java.util.List;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.InternalConfigurator;
import io.grpc.InternalConfiguratorRegistry;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;

/**
 * Answers each call at once. Takes the place of what is below all interceptors: in the
 * channels to one application too, by gRPC's own door to every channel of a process. A
 * customizer of the application would make the starter copy headers for its sake.
 */
final class AnsweredChannel extends Channel implements ClientInterceptor, InternalConfigurator {

	/**
	 * The application whose calls are answered.
	 */
	static final String APPLICATION = "bench-answered";

	/**
	 * Answers the calls of the channels that will be made to {@link #APPLICATION}.
	 */
	static void install() {
		if (!InternalConfiguratorRegistry.wasSetConfiguratorsCalled()) {
			InternalConfiguratorRegistry.setConfigurators(List.of(new AnsweredChannel()));
		}
	}

	@Override
	public void configureChannelBuilder(ManagedChannelBuilder<?> builder) {
		builder.intercept(this);
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		return APPLICATION.equals(next.authority()) ? newCall(method, options) : next.newCall(method, options);
	}

	@Override
	public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
		return new AnsweredCall<>(options);
	}

	@Override
	public String authority() {
		return APPLICATION;
	}

}
