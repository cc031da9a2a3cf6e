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

package io.rpcboot.benchmarks.dubbo;

import java.util.concurrent.Semaphore;

import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.driver.BenchClient.Sink;
import io.rpcboot.benchmarks.v1.Bench;
import io.rpcboot.benchmarks.v1.Message;
import org.jspecify.annotations.Nullable;

/**
 * Streams from the client, one after the other until they are completed. Used by one
 * thread, which waits for the reply to each.
 */
final class UpStreams implements Sink {

	private final Bench stub;

	private final StreamObserver<Message> reply;

	private final Semaphore ended = new Semaphore(0);

	private org.apache.dubbo.common.stream.@Nullable StreamObserver<Message> requests;

	private int sent;

	UpStreams(Bench stub, StreamObserver<Message> reply) {
		this.stub = stub;
		this.reply = reply;
	}

	@Override
	public boolean isReady() {
		return true;
	}

	@Override
	public void send(Message message) {
		if (this.requests == null) {
			this.requests = this.stub.up(new Reply());
		}
		this.requests.onNext(message);
		this.sent++;
		if (this.sent == DubboBenchService.MESSAGES_PER_STREAM) {
			end();
		}
	}

	private void end() {
		if (this.requests != null) {
			this.requests.onCompleted();
			this.ended.acquireUninterruptibly();
			this.requests = null;
			this.sent = 0;
		}
	}

	@Override
	public void complete() {
		end();
		this.reply.onCompleted();
	}

	private final class Reply implements org.apache.dubbo.common.stream.StreamObserver<Message> {

		@Override
		public void onNext(Message reply) {
			// How many there were is counted by the server.
		}

		@Override
		public void onError(Throwable cause) {
			UpStreams.this.reply.onError(cause);
			UpStreams.this.ended.release();
		}

		@Override
		public void onCompleted() {
			UpStreams.this.ended.release();
		}

	}

}
