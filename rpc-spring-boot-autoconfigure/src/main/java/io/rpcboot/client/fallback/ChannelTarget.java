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

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The channel of another stub: it has a timeout, balancing and retries of its own. The
 * credentials of the failed call were not meant for it, so it has its own or none: those
 * in a header are taken out too.
 *
 * @param channel the channel
 * @param credentials those of the stub
 */
record ChannelTarget(Channel channel, @Nullable CallCredentials credentials) implements FallbackTarget {

	private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization",
			Metadata.ASCII_STRING_MARSHALLER);

	@Override
	public boolean serves(MethodDescriptor<?, ?> method) {
		return true;
	}

	@Override
	public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options, Status failure) {
		return new SimpleForwardingClientCall<>(
				this.channel.newCall(method, options.withCallCredentials(this.credentials))) {
			@Override
			public void start(Listener<A> listener, Metadata headers) {
				headers.discardAll(AUTHORIZATION);
				super.start(listener, headers);
			}
		};
	}

}
