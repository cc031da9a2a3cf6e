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

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.rpcboot.call.PerMethodInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;

/**
 * Puts the caller of a call into the context in which it is served, and refuses calls
 * without credentials, or with wrong ones. No code of the service has run then, and the
 * answer says so; but it asks for no other attempt, which would carry the same
 * credentials.
 */
public final class ServerAuthentication implements PerMethodInterceptor, Ordered {

	private final List<RpcAuthentication> authentications;

	private final AuthenticationSettings settings;

	private final int order;

	private final Map<Need, ServerInterceptor> interceptors = new EnumMap<>(Need.class);

	/**
	 * Creates the interceptor.
	 * @param authentications are asked in this order
	 * @param settings what becomes of calls without credentials
	 * @param order its place
	 */
	public ServerAuthentication(List<RpcAuthentication> authentications, AuthenticationSettings settings, int order) {
		this.authentications = List.copyOf(authentications);
		this.settings = settings;
		this.order = order;
		AtomicLong nextLogNanos = new AtomicLong(System.nanoTime());
		EnumSet.complementOf(EnumSet.of(Need.NOTHING))
			.forEach((need) -> this.interceptors.put(need,
					new AuthenticationInterceptor(this.authentications, need, nextLogNanos)));
	}

	@Override
	public int getOrder() {
		return this.order;
	}

	/**
	 * Tells whether a call may hold its thread here.
	 * @return whether one of those that are asked may block
	 */
	public boolean isBlocking() {
		return this.authentications.stream().anyMatch(RpcAuthentication::isBlocking);
	}

	/**
	 * Tells whether the calls of a method are asked for credentials.
	 * @param method the method
	 * @return whether they are
	 */
	public boolean asks(MethodDescriptor<?, ?> method) {
		return of(method) != null;
	}

	/**
	 * Returns the one interceptor of all methods that need the same; {@code null} for
	 * those that need nothing.
	 */
	@Override
	public @Nullable ServerInterceptor of(MethodDescriptor<?, ?> method) {
		return this.interceptors.get(Need.of(method, this.settings));
	}

}
