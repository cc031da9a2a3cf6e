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

import java.util.function.Consumer;

import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.driver.BenchClient;
import io.rpcboot.benchmarks.v1.Bench;
import io.rpcboot.benchmarks.v1.Message;

/**
 * Calls through the stub that Dubbo generates.
 */
final class DubboBenchClient implements BenchClient {

	private final Bench stub;

	DubboBenchClient(Bench stub) {
		this.stub = stub;
	}

	@Override
	public void call(Message request, StreamObserver<Message> reply) {
		this.stub.callAsync(request).whenComplete((message, failure) -> {
			if (failure != null) {
				reply.onError(failure);
			}
			else {
				reply.onNext(message);
				reply.onCompleted();
			}
		});
	}

	@Override
	public Message callAndWait(Message request) {
		return this.stub.call(request);
	}

	@Override
	public Runnable down(Message request, StreamObserver<Message> replies) {
		DownStreams streams = new DownStreams(this.stub, request, replies);
		streams.begin();
		return streams::cancel;
	}

	@Override
	public void up(StreamObserver<Message> reply, Consumer<Sink> onReady) {
		UpStreams streams = new UpStreams(this.stub, reply);
		Thread sender = new Thread(() -> onReady.accept(streams), "sender");
		sender.setDaemon(true);
		sender.start();
	}

	@Override
	public StreamObserver<Message> echo(StreamObserver<Message> replies) {
		org.apache.dubbo.common.stream.StreamObserver<Message> requests = this.stub.echo(new ReplyObserver(replies));
		return new StreamObserver<>() {

			@Override
			public void onNext(Message request) {
				requests.onNext(request);
			}

			@Override
			public void onError(Throwable cause) {
				requests.onError(cause);
			}

			@Override
			public void onCompleted() {
				requests.onCompleted();
			}

		};
	}

}
