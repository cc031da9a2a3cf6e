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

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.v1.BenchGrpc.BenchImplBase;
import io.rpcboot.benchmarks.v1.Message;

/**
 * The service of all peers that serve what grpc-java generates.
 */
public class BenchService extends BenchImplBase {

	private final Handler handler;

	/**
	 * Creates a service.
	 * @param handler does the work
	 */
	public BenchService(Handler handler) {
		this.handler = handler;
	}

	@Override
	public void call(Message request, StreamObserver<Message> replies) {
		replies.onNext(this.handler.reply(request));
		replies.onCompleted();
	}

	@Override
	public void down(Message request, StreamObserver<Message> replies) {
		ServerCallStreamObserver<Message> call = (ServerCallStreamObserver<Message>) replies;
		call.setOnCancelHandler(() -> {
			// Without one, the message that meets the cancellation would throw.
		});
		call.setOnReadyHandler(() -> {
			while (call.isReady() && !call.isCancelled()) {
				call.onNext(this.handler.reply(request));
			}
		});
	}

	@Override
	public StreamObserver<Message> up(StreamObserver<Message> replies) {
		return new Requests(replies) {

			@Override
			public void onNext(Message request) {
				BenchService.this.handler.receive();
			}

			@Override
			public void onCompleted() {
				replies.onNext(Message.getDefaultInstance());
				super.onCompleted();
			}

		};
	}

	@Override
	public StreamObserver<Message> echo(StreamObserver<Message> replies) {
		return new Requests(replies) {

			@Override
			public void onNext(Message request) {
				replies.onNext(BenchService.this.handler.reply(request));
			}

		};
	}

	private abstract static class Requests implements StreamObserver<Message> {

		private final StreamObserver<Message> replies;

		private Requests(StreamObserver<Message> replies) {
			this.replies = replies;
		}

		@Override
		public void onError(Throwable cause) {
			// The caller has gone: there is nobody to answer.
		}

		@Override
		public void onCompleted() {
			this.replies.onCompleted();
		}

	}

}
