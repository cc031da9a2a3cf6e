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

package io.rpcboot.call;

import java.security.Principal;

import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/**
 * Who makes the current incoming call, as the server has verified it. It belongs to the
 * context in which the call is served, like the rest of {@link CallContext}: work that is
 * handed to another thread is wrapped.
 */
public final class CallPrincipal {

	private static final Context.Key<CallPrincipal> KEY = Context.key("rpc-principal");

	private final @Nullable Principal principal;

	private final @Nullable String token;

	private CallPrincipal(@Nullable Principal principal, @Nullable String token) {
		this.principal = principal;
		this.token = token;
	}

	/**
	 * Returns who makes the current call.
	 * @return the caller; {@code null} if it gave no credentials, if the server asks for
	 * none, and outside a call
	 */
	public static @Nullable Principal current() {
		CallPrincipal caller = KEY.get();
		return (caller != null) ? caller.principal : null;
	}

	/**
	 * Tells whether the current call was asked for its credentials, so that
	 * {@link #current()} is all that is known of its caller.
	 * @return whether it was
	 */
	public static boolean wasAsked() {
		return KEY.get() != null;
	}

	/**
	 * Returns the bearer token with which the caller of the current call has proven who
	 * it is.
	 * @return the token; {@code null} if it used none. A secret
	 */
	public static @Nullable String currentToken() {
		CallPrincipal caller = KEY.get();
		return (caller != null) ? caller.token : null;
	}

	/**
	 * Returns a context with a caller. For whoever authenticates calls.
	 * @param context the context in which the call is to be served
	 * @param principal the caller; {@code null} if it gave no credentials
	 * @param token its bearer token; {@code null} for none
	 * @return the context
	 */
	public static Context with(Context context, @Nullable Principal principal, @Nullable String token) {
		return context.withValue(KEY, new CallPrincipal(principal, token));
	}

	/**
	 * Leaves the token out.
	 */
	@Override
	public String toString() {
		return "CallPrincipal[" + ((this.principal != null) ? this.principal.getName() : "anonymous") + "]";
	}

}
