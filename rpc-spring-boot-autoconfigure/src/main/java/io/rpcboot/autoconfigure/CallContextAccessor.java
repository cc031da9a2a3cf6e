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

package io.rpcboot.autoconfigure;

import io.grpc.Context;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Tells Micrometer's context propagation, and so Reactor, where gRPC keeps the context of
 * a call: values, deadline and cancellation.
 */
final class CallContextAccessor implements ThreadLocalAccessor<Context> {

	static final String KEY = "rpc.call";

	@Override
	public Object key() {
		return KEY;
	}

	@Override
	public @Nullable Context getValue() {
		Context current = Context.current();
		return (current == Context.ROOT) ? null : current;
	}

	/**
	 * Attaches without an end: whoever sets a value also restores the earlier one.
	 */
	@Override
	public void setValue(Context value) {
		Context unused = value.attach();
	}

	@Override
	public void setValue() {
		Context unused = Context.ROOT.attach();
	}

}
