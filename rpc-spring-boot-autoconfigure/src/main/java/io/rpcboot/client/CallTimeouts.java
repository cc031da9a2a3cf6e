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

package io.rpcboot.client;

import java.time.Duration;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.rpcboot.client.RpcClientSettings.Method;
import io.rpcboot.client.RpcClientSettings.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Decides the timeout of a method of one reference, weakest first: default, annotation,
 * application, service, method. What is set for "all calls" means unary ones; a stream is
 * bounded only by what is set for its very method, or as a stream timeout.
 *
 * @param unary the timeouts of unary methods
 * @param stream the timeouts of streams
 * @param reference what is set for the application
 */
record CallTimeouts(MethodSettings<Duration> unary, MethodSettings<Duration> stream, Reference reference) {

	/**
	 * Creates the timeouts of a reference.
	 * @param application the application that is called
	 * @param defaults what holds everywhere
	 * @param annotation the annotation's timeout; {@code null} for none
	 * @param reference what is set for the application
	 */
	static CallTimeouts of(String application, RpcClientSettings.Defaults defaults, @Nullable Duration annotation,
			Reference reference) {
		return new CallTimeouts(
				new MethodSettings<>(new SettingNames(application, "timeout", "timeout"), defaults.timeout(),
						annotation, reference, Reference::timeout, Method::timeout),
				new MethodSettings<>(new SettingNames(application, "stream-timeout", "timeout"),
						defaults.streamTimeout(), null, reference, Reference::streamTimeout, Method::streamTimeout),
				reference);
	}

	/**
	 * Returns the timeout of a method.
	 * @param method the method
	 * @return the timeout; {@code null} for none
	 */
	@Nullable Setting<Duration> timeout(MethodDescriptor<?, ?> method) {
		if (method.getType() == MethodType.UNARY || isSetForItself(method)) {
			return this.unary.of(method);
		}
		return this.stream.of(method);
	}

	private boolean isSetForItself(MethodDescriptor<?, ?> method) {
		Method settings = this.reference.methods().get(method.getFullMethodName());
		return settings != null && settings.timeout() != null;
	}

}
