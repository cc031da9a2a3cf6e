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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.RpcMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Puts the name of the application that calls into the context of each call. A tracer may
 * do that before gRPC derives the call's own context, from the one that all calls of the
 * server have in common: so the context with a name is made once, not for each call, and
 * nothing has to bring it back at each event.
 * <p>
 * Names come from the wire, so about {@value #MAX_KEPT} are kept at a time. One more
 * begins anew: names that nobody has do not keep those out that call all the time.
 */
final class CallerContext extends ServerStreamTracer.Factory {

	static final int MAX_KEPT = 256;

	private static final ServerStreamTracer UNNAMED = new ServerStreamTracer() {
	};

	private final Map<String, ServerStreamTracer> known = new ConcurrentHashMap<>();

	@Override
	public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
		String caller = CarriedContext.name(headers, RpcMetadata.CALLER);
		if (caller == null) {
			return UNNAMED;
		}
		ServerStreamTracer named = this.known.get(caller);
		return (named != null) ? named : named(caller);
	}

	private ServerStreamTracer named(String caller) {
		ServerStreamTracer made = new Named(caller);
		// A few more, if several come at a time.
		if (this.known.size() >= MAX_KEPT) {
			this.known.clear();
		}
		this.known.put(caller, made);
		return made;
	}

	/**
	 * Serves all calls of one application, since it keeps nothing of any.
	 */
	private static final class Named extends ServerStreamTracer {

		private final String caller;

		private volatile @Nullable Derived last;

		Named(String caller) {
			this.caller = caller;
		}

		/** The same each time, unless another tracer has a context for each call. */
		@Override
		@SuppressWarnings("ReferenceEquality")
		public Context filterContext(Context context) {
			Derived derived = this.last;
			if (derived == null || derived.base() != context) {
				derived = new Derived(context, context.withValue(CallContext.CALLER, this.caller));
				this.last = derived;
			}
			return derived.named();
		}

	}

	/**
	 * A context, and the same with the name.
	 *
	 * @param base what gRPC has
	 * @param named what it gets
	 */
	private record Derived(Context base, Context named) {

	}

}
