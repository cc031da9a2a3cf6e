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

package io.rpcboot.client.balancer;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Is told how far one attempt of a call has come. Travels in the options of the call.
 */
public interface Attempt {

	/**
	 * The key in the options.
	 */
	CallOptions.Key<Attempt> KEY = CallOptions.Key.create("rpc-attempt");

	/**
	 * An instance was picked, and the attempt is counted there once it has a stream.
	 * Called before that by the same threads.
	 * @param release to be run when the attempt has ended, at once if it has: a stream
	 * that gRPC makes for an attempt that ends meanwhile, as while its credentials are
	 * fetched, is never started, and so never closed. Has no effect after the end of the
	 * stream, and may be run by any thread and more than once
	 */
	void onPicked(Runnable release);

	/**
	 * An instance was picked and a stream made for its connection. Called by the thread
	 * that makes the call, or by the one that has connected.
	 * @param instance the id of the instance; {@code null} if the policy does not tell
	 * @param headers what is about to be sent, to which may be added
	 */
	void onStreamCreated(@Nullable String instance, Metadata headers);

	/**
	 * The headers were given to the connection: from now on the instance may run the
	 * call. Called on the event loop.
	 */
	void onHeadersSent();

}
