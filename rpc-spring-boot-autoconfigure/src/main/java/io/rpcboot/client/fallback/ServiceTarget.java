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

package io.rpcboot.client.fallback;

import java.util.Objects;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;

/**
 * An implementation of the service in this application, without what a server would put
 * around it.
 *
 * @param service the service
 */
record ServiceTarget(ServerServiceDefinition service) implements FallbackTarget {

	@Override
	public boolean serves(MethodDescriptor<?, ?> method) {
		return this.service.getMethod(method.getFullMethodName()) != null;
	}

	@Override
	@SuppressWarnings("unchecked")
	public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options, Status failure) {
		ServerMethodDefinition<Q, A> definition = (ServerMethodDefinition<Q, A>) Objects
			.requireNonNull(this.service.getMethod(method.getFullMethodName()));
		return new LocalCall<>(method, definition.getServerCallHandler());
	}

}
