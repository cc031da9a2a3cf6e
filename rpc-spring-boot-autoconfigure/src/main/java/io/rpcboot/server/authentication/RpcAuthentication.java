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

package io.rpcboot.server.authentication;

import java.security.Principal;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who makes a call. Beans of this type are asked in their order until one knows
 * the caller, those without one first (see {@link RpcAuthenticationOrder}); where there
 * is no bean, nobody is asked for credentials. The caller that is found is
 * {@link io.rpcboot.call.CallPrincipal#current()} from there on.
 */
@FunctionalInterface
public interface RpcAuthentication {

	/**
	 * Authenticates a call by its headers and by what its connection tells, before any of
	 * its requests is read by a service. Called on the thread that serves the call, from
	 * several threads at a time; may block unless {@link #isBlocking()} denies it. What
	 * else is thrown is logged, and the call is answered UNAVAILABLE, not executed.
	 * @param call the call, with the attributes of its connection
	 * @param headers the headers of the request; not to be changed
	 * @return the caller; {@code null} if the call carries no credentials of the kind
	 * that this understands, so that the next is asked
	 * @throws RpcAuthenticationException if it carries such credentials and they are
	 * wrong: nobody else is asked, and the call is answered UNAUTHENTICATED, not executed
	 */
	@Nullable Principal authenticate(ServerCall<?, ?> call, Metadata headers);

	/**
	 * Tells whether this may block or compute for long. Services on the event loop
	 * ({@code @NonBlocking}) are served by the handlers' threads then. Asked once a
	 * start.
	 * @return whether it may; {@code true} by default
	 */
	default boolean isBlocking() {
		return true;
	}

	/**
	 * Tells whether what this verifies is the bearer token of the header
	 * {@code authorization}. Only then may the token be relayed with the calls that are
	 * made while this one is served. Asked for each call that is accepted.
	 * @return whether it is; {@code false} by default
	 */
	default boolean isBearer() {
		return false;
	}

}
