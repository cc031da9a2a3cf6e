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

/**
 * Asks for the caller of each call of the methods that need the same of it.
 */
final class AuthenticationInterceptor implements ServerInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(AuthenticationInterceptor.class);

	private static final long LOG_NANOS = TimeUnit.MINUTES.toNanos(1);

	private static final String DETAIL_REFUSED = "The health of a single service needs credentials "
			+ "(rpc.server.authentication.protect-health-detail)";

	private final List<RpcAuthentication> authentications;

	private final Need need;

	private final AtomicLong nextLogNanos;

	/**
	 * Creates the interceptor.
	 * @param authentications are asked in this order
	 * @param need what becomes of calls without credentials
	 * @param nextLogNanos when a failure may be logged again; that of all interceptors
	 */
	AuthenticationInterceptor(List<RpcAuthentication> authentications, Need need, AtomicLong nextLogNanos) {
		this.authentications = authentications;
		this.need = need;
		this.nextLogNanos = nextLogNanos;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		Caller caller = Caller.UNKNOWN;
		Status detail = Refusal.everywhere(Status.UNAUTHENTICATED.withDescription(DETAIL_REFUSED));
		try {
			caller = Caller.of(this.authentications, call, headers);
		}
		catch (RpcAuthenticationException ex) {
			logger.debug("The credentials of a call of {} are not accepted",
					call.getMethodDescriptor().getFullMethodName(), ex);
			if (this.need != Need.FOR_DETAIL) {
				return refuse(call, String.valueOf(ex.getMessage()));
			}
		}
		catch (RuntimeException ex) {
			log(call.getMethodDescriptor(), ex);
			detail = Refusal
				.notExecuted(Status.UNAVAILABLE.withDescription("The caller cannot be authenticated at the moment"));
			if (this.need != Need.FOR_DETAIL) {
				return close(call, detail);
			}
		}
		boolean unknown = caller.principal() == null;
		if (unknown && this.need == Need.REQUIRED) {
			return refuse(call, "The call carries no credentials (rpc.server.authentication)");
		}
		Context context = CallPrincipal.with(Context.current(), caller.principal(), caller.token());
		ServerCall.Listener<Q> listener = Contexts.interceptCall(context, call, headers, next);
		if (!unknown || this.need != Need.FOR_DETAIL) {
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

	private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, String description) {
		return close(call, Refusal.everywhere(Status.UNAUTHENTICATED.withDescription(description)));
	}

	private static <Q> ServerCall.Listener<Q> close(ServerCall<Q, ?> call, Status status) {
		call.close(status, new Metadata());
		return new ServerCall.Listener<>() {
		};
	}

}
