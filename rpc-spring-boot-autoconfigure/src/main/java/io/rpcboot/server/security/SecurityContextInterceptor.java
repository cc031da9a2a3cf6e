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

package io.rpcboot.server.security;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rpcboot.call.CallPrincipal;

import org.springframework.security.core.Authentication;

/**
 * Runs a service for the caller of its call. Stands further in than deduplication, which
 * runs a handler on threads of its own.
 */
final class SecurityContextInterceptor implements ServerInterceptor {

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		Authentication caller = CallerAuthentication.of(CallPrincipal.current());
		SecurityScope scope = SecurityScope.open(caller);
		try {
			return new SecurityContextListener<>(next.startCall(call, headers), caller);
		}
		finally {
			scope.close();
		}
	}

}
