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

package io.rpcboot.server.validation;

import java.util.List;

import io.grpc.MethodDescriptor;
import io.rpcboot.call.RpcError.Violation;

/**
 * Checks requests before they reach a service. Beans of this type are asked in their
 * order about each message of each service of users; what they find together is the
 * answer: INVALID_ARGUMENT, with the fields as {@code google.rpc.BadRequest}.
 */
@FunctionalInterface
public interface RequestValidator {

	/**
	 * Checks a message. Called before the service sees it, on the thread of the handler
	 * (the event loop for non-blocking services), from several threads at a time. What is
	 * thrown fails the call as if the service had thrown it.
	 * @param message the request, or one of a stream of requests
	 * @param method the method that is called
	 * @return what is wrong with it; empty if nothing is
	 */
	List<Violation> validate(Object message, MethodDescriptor<?, ?> method);

	/**
	 * Tells whether this checks the messages of a method. Asked once for each method when
	 * the server starts; calls of methods that nobody checks cost nothing. What is thrown
	 * fails the start.
	 * @param method the method
	 * @return whether it does; by default it checks all
	 */
	default boolean supports(MethodDescriptor<?, ?> method) {
		return true;
	}

}
