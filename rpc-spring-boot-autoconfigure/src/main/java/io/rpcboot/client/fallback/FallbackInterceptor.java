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

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * Lets a bean answer calls of one reference that have failed. The outermost interceptor,
 * so that it works for all kinds of stubs and sees what the caller would see. A method
 * whose request is a stream has no fallback: what was sent of it is gone.
 */
final class FallbackInterceptor implements ClientInterceptor {

	private final Function<MethodDescriptor<?, ?>, Optional<FallbackRule>> rules;

	/** By full method name. */
	private final Map<String, Optional<FallbackRule>> methods = new ConcurrentHashMap<>();

	/**
	 * Creates the interceptor.
	 * @param rules decides who answers for a method
	 */
	FallbackInterceptor(Function<MethodDescriptor<?, ?>, Optional<FallbackRule>> rules) {
		this.rules = rules;
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		if (!method.getType().clientSendsOneMessage()) {
			return next.newCall(method, options);
		}
		Optional<FallbackRule> rule = this.methods.get(method.getFullMethodName());
		if (rule == null) {
			rule = this.methods.computeIfAbsent(method.getFullMethodName(), (name) -> this.rules.apply(method));
		}
		return rule.isEmpty() ? next.newCall(method, options)
				: new FallbackCall<>(method, options, next.newCall(method, options), rule.get());
	}

}
