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

package io.rpcboot.client.credentials;

import java.util.function.Supplier;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Gives each call of a reference its credentials, unless the call brings its own. They
 * are found on the thread that makes the call, and its later attempts carry the same.
 */
final class CredentialsInterceptor implements ClientInterceptor {

	private final Supplier<@Nullable CallCredentials> credentials;

	CredentialsInterceptor(Supplier<@Nullable CallCredentials> credentials) {
		this.credentials = credentials;
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		CallCredentials found = (options.getCredentials() == null) ? this.credentials.get() : null;
		return next.newCall(method, (found != null) ? options.withCallCredentials(found) : options);
	}

}
