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

import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.v1.Message;

/**
 * Tells an observer of grpc-java what one of Dubbo's is told.
 */
class ReplyObserver implements org.apache.dubbo.common.stream.StreamObserver<Message> {

	private final StreamObserver<Message> replies;

	ReplyObserver(StreamObserver<Message> replies) {
		this.replies = replies;
	}

	@Override
	public void onNext(Message reply) {
		this.replies.onNext(reply);
	}

	@Override
	public void onError(Throwable cause) {
		this.replies.onError(cause);
	}

	@Override
	public void onCompleted() {
		this.replies.onCompleted();
	}

}
