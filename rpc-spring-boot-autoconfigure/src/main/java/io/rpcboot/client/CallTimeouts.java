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
 * @param defaults what holds everywhere
 * @param annotation the annotation's timeout
 * @param reference what is set for the application
 */
record CallTimeouts(RpcClientSettings.Defaults defaults, @Nullable Duration annotation, Reference reference) {

	@Nullable Duration timeout(MethodDescriptor<?, ?> method) {
		Method forMethod = this.reference.methods().get(method.getFullMethodName());
		if (forMethod != null && forMethod.timeout() != null) {
			return forMethod.timeout();
		}
		String service = method.getServiceName();
		Method forService = (service != null) ? this.reference.methods().get(service) : null;
		if (method.getType() == MethodType.UNARY) {
			return unary(forService);
		}
		return (forMethod != null && forMethod.streamTimeout() != null) ? forMethod.streamTimeout()
				: stream(forService);
	}

	private Duration unary(@Nullable Method forService) {
		if (forService != null && forService.timeout() != null) {
			return forService.timeout();
		}
		if (this.reference.timeout() != null) {
			return this.reference.timeout();
		}
		return (this.annotation != null) ? this.annotation : this.defaults.timeout();
	}

	private @Nullable Duration stream(@Nullable Method forService) {
		if (forService != null && forService.streamTimeout() != null) {
			return forService.streamTimeout();
		}
		return (this.reference.streamTimeout() != null) ? this.reference.streamTimeout()
				: this.defaults.streamTimeout();
	}

}
