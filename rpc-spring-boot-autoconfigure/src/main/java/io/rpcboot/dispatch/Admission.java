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

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Decides by the headers alone whether a call may enter, before any of its request is
 * read and before a thread is woken for it.
 */
public interface Admission {

	/**
	 * Lets a call enter, or says why not. Runs on the event loop when the headers have
	 * come, and again when the call is handed over; it must not block.
	 * @param method what is called
	 * @param headers the request's headers
	 * @param waiting how many calls wait for a thread already
	 * @return {@code null} to let it enter, else the status to answer with
	 */
	@Nullable Status admit(MethodDescriptor<?, ?> method, Metadata headers, int waiting);

	/**
	 * Returns the answer to a call that the executor of its service rejected.
	 * @param method what is called
	 * @return the status
	 */
	Status rejected(MethodDescriptor<?, ?> method);

}
