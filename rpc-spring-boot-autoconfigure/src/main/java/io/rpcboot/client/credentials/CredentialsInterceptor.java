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
 * are found on the thread that makes the call, and all its attempts ask the same ones: a
 * relayed token is that of the caller for all of them, and a fetched one is that which is
 * current when an attempt is sent.
 */
final class CredentialsInterceptor implements ClientInterceptor {

	private final Supplier<@Nullable CallCredentials> credentials;

	private final @Nullable Runnable onRefusal;

	/**
	 * Creates an interceptor.
	 * @param credentials finds those of a call; {@code null} for none
	 * @param onRefusal is run when a server has not accepted them, on the thread that
	 * brings the answer; must not block. {@code null} for nobody
	 */
	CredentialsInterceptor(Supplier<@Nullable CallCredentials> credentials, @Nullable Runnable onRefusal) {
		this.credentials = credentials;
		this.onRefusal = onRefusal;
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		CallCredentials found = (options.getCredentials() == null) ? this.credentials.get() : null;
		if (found == null) {
			return next.newCall(method, options);
		}
		ClientCall<Q, A> call = next.newCall(method, options.withCallCredentials(found));
		return (this.onRefusal != null) ? new RefusalWatch<>(call, this.onRefusal) : call;
	}

}
