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

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.ReflectableMarshaller;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * A function of the user's.
 *
 * @param bean the name of the bean
 * @param function the function
 * @param request the type of its requests; {@code null} if it cannot be told
 * @param response the type of its responses; {@code null} if it cannot be told
 */
record FunctionTarget(String bean, RpcFallback<?, ?> function, @Nullable Class<?> request,
		@Nullable Class<?> response) implements FallbackTarget {

	@Override
	public boolean serves(MethodDescriptor<?, ?> method) {
		return fits(this.request, messageClass(method.getRequestMarshaller()))
				&& fits(this.response, messageClass(method.getResponseMarshaller()));
	}

	@Override
	@SuppressWarnings("unchecked")
	public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options, Status failure) {
		RpcFallback<Q, A> typed = (RpcFallback<Q, A>) this.function;
		ServerCallHandler<Q, A> handler = (method.getType() == MethodType.UNARY)
				? ServerCalls.asyncUnaryCall((message, answers) -> answer(typed, method, message, failure, answers))
				: ServerCalls
					.asyncServerStreamingCall((message, answers) -> answer(typed, method, message, failure, answers));
		return new LocalCall<>(method, handler);
	}

	private <Q, A> void answer(RpcFallback<Q, A> typed, MethodDescriptor<Q, A> method, Q message, Status failure,
			StreamObserver<A> answers) {
		@Nullable A answer;
		try {
			answer = typed.answer(message, failure);
		}
		catch (Exception ex) {
			if (ex instanceof InterruptedException) {
				Thread.currentThread().interrupt();
			}
			answers.onError(ex);
			return;
		}
		Class<?> expected = messageClass(method.getResponseMarshaller());
		if (answer == null || (expected != null && !expected.isInstance(answer))) {
			answers.onError(
					Status.INTERNAL
						.withDescription("The bean '" + this.bean + "' answers " + method.getFullMethodName() + " with "
								+ ((answer != null) ? answer.getClass().getName() : "null") + " (expected: "
								+ ((expected != null) ? expected.getName() : "a message") + ")")
						.asRuntimeException());
			return;
		}
		answers.onNext(answer);
		answers.onCompleted();
	}

	private static boolean fits(@Nullable Class<?> own, @Nullable Class<?> ofMethod) {
		return own == null || ofMethod == null || own.isAssignableFrom(ofMethod);
	}

	private static @Nullable Class<?> messageClass(MethodDescriptor.Marshaller<?> marshaller) {
		return (marshaller instanceof ReflectableMarshaller<?> reflectable) ? reflectable.getMessageClass() : null;
	}

}
