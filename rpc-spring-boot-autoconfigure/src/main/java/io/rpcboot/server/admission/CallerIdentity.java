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

package io.rpcboot.server.admission;

import java.security.Principal;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.CallPrincipal;
import io.rpcboot.call.RpcMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Says who makes a call, for the rates of callers. A bean of this type replaces
 * {@link #BY_PRINCIPAL}.
 */
@FunctionalInterface
public interface CallerIdentity {

	/**
	 * What the caller says of itself in {@code rpc-caller}.
	 */
	CallerIdentity BY_HEADER = (call, headers) -> {
		String name = headers.get(RpcMetadata.CALLER);
		return (name != null && CallContext.isName(name)) ? name : null;
	};

	/**
	 * The authenticated caller; of a server that authenticates nobody, what the caller
	 * says of itself. Whoever gave no credentials where others do cannot take the name of
	 * one of them.
	 */
	CallerIdentity BY_PRINCIPAL = (call, headers) -> {
		if (!CallPrincipal.wasAsked()) {
			return BY_HEADER.nameOf(call, headers);
		}
		Principal principal = CallPrincipal.current();
		String name = (principal != null) ? principal.getName() : null;
		return (name != null && !name.isEmpty()) ? name : null;
	};

	/**
	 * Names the caller. Runs on the handler's thread for each call, after authentication
	 * and before the service; should not block.
	 * @param call the call
	 * @param headers the request's headers
	 * @return the name; {@code null} if it is not known: all such calls share one rate
	 */
	@Nullable String nameOf(ServerCall<?, ?> call, Metadata headers);

}
