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

package io.rpcboot.benchmarks.driver;

import java.util.function.Consumer;

import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.v1.Message;

/**
 * What the load asks of a peer's client. The observers are grpc-java's, which only
 * carries the types to peers that have their own.
 */
public interface BenchClient {

	/**
	 * Calls without waiting.
	 * @param request the request
	 * @param reply told the reply
	 */
	void call(Message request, StreamObserver<Message> reply);

	/**
	 * Calls and waits.
	 * @param request the request
	 * @return the reply
	 */
	Message callAndWait(Message request);

	/**
	 * Starts a stream from the server.
	 * @param request the request
	 * @param replies told the replies
	 * @return cancels the stream
	 */
	Runnable down(Message request, StreamObserver<Message> replies);

	/**
	 * Starts a stream from the client.
	 * @param reply told the reply
	 * @param onReady called whenever messages can be sent, by one thread at a time
	 */
	void up(StreamObserver<Message> reply, Consumer<Sink> onReady);

	/**
	 * Starts a stream both ways.
	 * @param replies told the replies
	 * @return takes the requests
	 */
	StreamObserver<Message> echo(StreamObserver<Message> replies);

	/**
	 * The sending side of a stream.
	 */
	interface Sink {

		/**
		 * Returns whether a message would be sent now rather than queued.
		 * @return whether to send on
		 */
		boolean isReady();

		/**
		 * Sends a message.
		 * @param message the message
		 */
		void send(Message message);

		/** Ends the stream. */
		void complete();

	}

}
