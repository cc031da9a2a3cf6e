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

package io.rpcboot.dispatch;

import java.util.concurrent.Executor;
import java.util.function.Function;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * What is settled of the calls of a method, or of all methods of a service, before they
 * come.
 *
 * @param handlers run them
 * @param onEventLoop whether that is the event loop, so that nothing is handed over
 * @param gate gives the permits; {@code null} if calls need none
 * @param known says by the headers of a call on which executor it is answered, if its
 * answer is known; {@code null} if no answer ever is
 */
record MethodPlan(Handlers handlers, boolean onEventLoop, @Nullable CallGate gate,
		@Nullable Function<Metadata, @Nullable Executor> known) {

	MethodPlan(Handlers handlers, boolean onEventLoop) {
		this(handlers, onEventLoop, null, null);
	}

	/**
	 * Lets the calls run where those of a service do.
	 */
	MethodPlan on(MethodPlan service) {
		return new MethodPlan(service.handlers, service.onEventLoop, this.gate, this.known);
	}

	MethodPlan limited(CallGate newGate) {
		return new MethodPlan(this.handlers, this.onEventLoop, newGate, this.known);
	}

	MethodPlan answeredIfKnown(Function<Metadata, @Nullable Executor> newKnown) {
		return new MethodPlan(this.handlers, this.onEventLoop, this.gate, newKnown);
	}

	/**
	 * Returns where a call is answered without its handler.
	 * @param headers the headers of the request
	 * @return the executor; {@code null} for a call that needs its handler
	 */
	@Nullable Executor answering(Metadata headers) {
		return (this.known != null) ? this.known.apply(headers) : null;
	}

}
