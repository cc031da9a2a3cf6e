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

package io.rpcboot.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.Ordered;

/**
 * Gives each streaming call its {@link DrainNotice} and fires them all when the server
 * stops. Unary calls pass untouched.
 */
final class StreamNotices implements ServerInterceptor, Ordered {

	static final Context.Key<DrainNotice> CURRENT = Context.key("rpc-drain-notice");

	static final DrainNotice NEVER = new DrainNotice() {
		@Override
		public boolean isDraining() {
			return false;
		}

		@Override
		public void onDrain(@Nullable Runnable action) {
			// There is no stream to say goodbye on.
		}
	};

	private static final Logger logger = LoggerFactory.getLogger(StreamNotices.class);

	private final Set<Notice> open = ConcurrentHashMap.newKeySet();

	private volatile boolean fired;

	@Override
	public int getOrder() {
		return ServerInterceptorOrder.EXCEPTION_MAPPING - 1;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		if (call.getMethodDescriptor().getType() == MethodType.UNARY) {
			return next.startCall(call, headers);
		}
		Notice notice = new Notice();
		this.open.add(notice);
		Context context = Context.current().withValue(CURRENT, notice);
		Context.current().addListener((ended) -> this.open.remove(notice), Runnable::run);
		if (this.fired) {
			notice.fire();
		}
		return Contexts.interceptCall(context, call, headers, next);
	}

	void fire() {
		this.fired = true;
		this.open.forEach(Notice::fire);
	}

	private static final class Notice implements DrainNotice {

		private @Nullable Runnable action;

		private boolean draining;

		@Override
		public synchronized boolean isDraining() {
			return this.draining;
		}

		@Override
		public void onDrain(@Nullable Runnable newAction) {
			synchronized (this) {
				this.action = newAction;
				if (!this.draining) {
					return;
				}
			}
			run(newAction);
		}

		void fire() {
			Runnable current;
			synchronized (this) {
				if (this.draining) {
					return;
				}
				this.draining = true;
				current = this.action;
			}
			run(current);
		}

		private static void run(@Nullable Runnable current) {
			try {
				if (current != null) {
					current.run();
				}
			}
			catch (RuntimeException ex) {
				logger.error("The drain action of a stream failed", ex);
			}
		}

	}

}
