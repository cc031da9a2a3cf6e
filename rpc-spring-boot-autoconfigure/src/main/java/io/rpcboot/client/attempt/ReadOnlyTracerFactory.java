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

package io.rpcboot.client.attempt;

import java.util.List;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/**
 * Makes tracers that leave the headers of attempts as they are. All others are taken to
 * add to them, and get a copy for each attempt.
 */
public final class ReadOnlyTracerFactory extends ClientStreamTracer.Factory {

	private final ClientStreamTracer.Factory delegate;

	/**
	 * Creates a factory.
	 * @param delegate makes the tracers
	 */
	public ReadOnlyTracerFactory(ClientStreamTracer.Factory delegate) {
		this.delegate = delegate;
	}

	@Override
	public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
		return this.delegate.newClientStreamTracer(info, headers);
	}

	/**
	 * Returns whether a tracer may change the headers of a call.
	 * @param options the options of the call
	 * @return {@code false} if all its factories are of this kind
	 */
	static boolean mayChangeHeaders(CallOptions options) {
		List<ClientStreamTracer.Factory> factories = options.getStreamTracerFactories();
		for (int i = 0; i < factories.size(); i++) {
			if (!(factories.get(i) instanceof ReadOnlyTracerFactory)) {
				return true;
			}
		}
		return false;
	}

}
