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
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rpcboot.call.CallPrincipal;
import io.rpcboot.server.error.RpcExceptionResolver;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;

/**
 * The rows of Spring Security in the table of exceptions. Comes last, so that a user's
 * own advice is asked before. The texts are fixed: the reason is in the log.
 */
final class SecurityExceptionResolver implements RpcExceptionResolver, Ordered {

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

	@Override
	public @Nullable StatusRuntimeException resolve(Throwable exception, MethodDescriptor<?, ?> method,
			Metadata headers) {
		if (exception instanceof AccessDeniedException) {
			// Known credentials are not enough; without any, some may help.
			return (CallPrincipal.wasAsked() && CallPrincipal.current() == null) ? unauthenticated()
					: Status.PERMISSION_DENIED.withDescription("Access is denied").asRuntimeException();
		}
		return (exception instanceof AuthenticationException && !(exception instanceof AuthenticationServiceException))
				? unauthenticated() : null;
	}

	private static StatusRuntimeException unauthenticated() {
		return Status.UNAUTHENTICATED.withDescription("The call is not authenticated").asRuntimeException();
	}

}
