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

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.rpcboot.call.CallPrincipal;
import io.rpcboot.server.admission.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.Ordered;

/**
 * Puts the caller of a call into the context in which it is served, and refuses calls
 * without credentials, or with wrong ones. No code of the service has run then, and the
 * answer says so; but it asks for no other attempt, which would carry the same
 * credentials.
 */
public final class AuthenticationInterceptor implements ServerInterceptor, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(AuthenticationInterceptor.class);

	private static final long LOG_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final List<RpcAuthentication> authentications;

	private final AuthenticationSettings settings;

	private final int order;

	/** By full method name: a descriptor may be made for each call. */
	private final Map<String, Need> needs = new ConcurrentHashMap<>();

	private static final int MAX_NEEDS = 10_000;

	private static final String DETAIL_REFUSED = "The health of a single service needs credentials "
			+ "(rpc.server.authentication.protect-health-detail)";

	private final AtomicLong nextLogNanos = new AtomicLong(System.nanoTime());

	/**
	 * Creates the interceptor.
	 * @param authentications are asked in this order
	 * @param settings what becomes of calls without credentials
	 * @param order its place
	 */
	public AuthenticationInterceptor(List<RpcAuthentication> authentications, AuthenticationSettings settings,
			int order) {
		this.authentications = List.copyOf(authentications);
		this.settings = settings;
		this.order = order;
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
		return need(method) != Need.NOTHING;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		Need need = need(call.getMethodDescriptor());
		if (need == Need.NOTHING) {
			return next.startCall(call, headers);
		}
		Caller caller = Caller.UNKNOWN;
		Status detail = Refusal.everywhere(Status.UNAUTHENTICATED.withDescription(DETAIL_REFUSED));
		try {
			caller = Caller.of(this.authentications, call, headers);
		}
		catch (RpcAuthenticationException ex) {
			logger.debug("The credentials of a call of {} are not accepted",
					call.getMethodDescriptor().getFullMethodName(), ex);
			if (need != Need.FOR_DETAIL) {
				return refuse(call, String.valueOf(ex.getMessage()));
			}
		}
		catch (RuntimeException ex) {
			log(call.getMethodDescriptor(), ex);
			detail = Refusal
				.notExecuted(Status.UNAVAILABLE.withDescription("The caller cannot be authenticated at the moment"));
			if (need != Need.FOR_DETAIL) {
				return close(call, detail);
			}
		}
		boolean unknown = caller.principal() == null;
		if (unknown && need == Need.REQUIRED) {
			return refuse(call, "The call carries no credentials (rpc.server.authentication)");
		}
		Context context = CallPrincipal.with(Context.current(), caller.principal(), caller.token());
		ServerCall.Listener<Q> listener = Contexts.interceptCall(context, call, headers, next);
		if (!unknown || need != Need.FOR_DETAIL) {
			return listener;
		}
		Status refusal = detail;
		return new HealthDetailListener<>(listener, () -> close(call, refusal));
	}

	/**
	 * What fails one call fails all of them for a while.
	 */
	private void log(MethodDescriptor<?, ?> method, RuntimeException failure) {
		long now = System.nanoTime();
		long next = this.nextLogNanos.get();
		if (now - next >= 0 && this.nextLogNanos.compareAndSet(next, now + LOG_NANOS)) {
			logger.error("The caller of {} cannot be authenticated. Further failures are not logged for a minute",
					method.getFullMethodName(), failure);
		}
	}

	private Need need(MethodDescriptor<?, ?> method) {
		Need known = this.needs.get(method.getFullMethodName());
		if (known != null) {
			return known;
		}
		Need need = Need.of(method, this.settings);
		// A registry of the user's may know any name.
		if (this.needs.size() < MAX_NEEDS) {
			this.needs.put(method.getFullMethodName(), need);
		}
		return need;
	}

	private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, String description) {
		return close(call, Refusal.everywhere(Status.UNAUTHENTICATED.withDescription(description)));
	}

	private static <Q> ServerCall.Listener<Q> close(ServerCall<Q, ?> call, Status status) {
		call.close(status, new Metadata());
		return new ServerCall.Listener<>() {
		};
	}

}
