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

import io.rpcboot.benchmarks.driver.Handler;
import io.rpcboot.benchmarks.v1.DubboBenchTriple.BenchImplBase;
import io.rpcboot.benchmarks.v1.Message;
import org.apache.dubbo.common.stream.StreamObserver;

/**
 * The service. Dubbo does not tell a sender when to wait, so its streams end after so
 * many messages and the client begins them anew: else queues would fill the memory.
 */
class DubboBenchService extends BenchImplBase {

	static final int MESSAGES_PER_STREAM = 10_000;

	private final Handler handler;

	DubboBenchService(Handler handler) {
		this.handler = handler;
	}

	@Override
	public Message call(Message request) {
		return this.handler.reply(request);
	}

	@Override
	public void down(Message request, StreamObserver<Message> replies) {
		for (int i = 0; i < MESSAGES_PER_STREAM; i++) {
			replies.onNext(this.handler.reply(request));
		}
		replies.onCompleted();
	}

	@Override
	public StreamObserver<Message> up(StreamObserver<Message> replies) {
		return new StreamObserver<>() {

			@Override
			public void onNext(Message request) {
				DubboBenchService.this.handler.receive();
			}

			@Override
			public void onError(Throwable cause) {
				// The caller has gone: there is nobody to answer.
			}

			@Override
			public void onCompleted() {
				replies.onNext(Message.getDefaultInstance());
				replies.onCompleted();
			}

		};
	}

	@Override
	public StreamObserver<Message> echo(StreamObserver<Message> replies) {
		return new StreamObserver<>() {

			@Override
			public void onNext(Message request) {
				replies.onNext(DubboBenchService.this.handler.reply(request));
			}

			@Override
			public void onError(Throwable cause) {
				// The caller has gone: there is nobody to answer.
			}

			@Override
			public void onCompleted() {
				replies.onCompleted();
			}

		};
	}

}
