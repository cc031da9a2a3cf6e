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

package io.rpcboot.client;

import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.MethodDescriptor;

/**
 * Sees the calls of references twice: as their callers do, and attempt by attempt. Asked
 * for the same application as often as there are references, policies and methods; what
 * it returns should share what it counts. Asks nobody else, and does not block.
 */
public interface CallObservation {

	/**
	 * Returns what sees the calls to an application from outside of everything else:
	 * throttling, fallbacks, interceptors and attempts. Asked when a reference is made,
	 * on its thread.
	 * @param application the application
	 * @return the interceptor
	 */
	ClientInterceptor calls(String application);

	/**
	 * Returns what sees each attempt of the calls of a method, from inside of everything
	 * else of this library. Asked when the method is called first, and again when its
	 * settings are replaced, on the thread of the call.
	 * @param application the application
	 * @param method the method
	 * @return makes a tracer for each attempt, which leaves the headers as they are
	 */
	ClientStreamTracer.Factory attempts(String application, MethodDescriptor<?, ?> method);

}
