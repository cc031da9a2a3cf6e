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

import java.util.Objects;
import java.util.function.Consumer;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.v1.BenchGrpc.BenchBlockingStub;
import io.rpcboot.benchmarks.v1.BenchGrpc.BenchStub;
import io.rpcboot.benchmarks.v1.Message;
import org.jspecify.annotations.Nullable;

/**
 * Calls through the stubs that grpc-java generates.
 */
public final class GrpcBenchClient implements BenchClient {

	private final BenchStub stub;

	private final BenchBlockingStub blockingStub;

	/**
	 * Creates a client.
	 * @param stub the asynchronous stub
	 * @param blockingStub the blocking stub
	 */
	public GrpcBenchClient(BenchStub stub, BenchBlockingStub blockingStub) {
		this.stub = stub;
		this.blockingStub = blockingStub;
	}

	@Override
	public void call(Message request, StreamObserver<Message> reply) {
		this.stub.call(request, reply);
	}

	@Override
	public Message callAndWait(Message request) {
		return this.blockingStub.call(request);
	}

	@Override
	public Runnable down(Message request, StreamObserver<Message> replies) {
		Call call = new Call(replies, (ready) -> {
		});
		this.stub.down(request, call);
		return call::cancel;
	}

	@Override
	public void up(StreamObserver<Message> reply, Consumer<Sink> onReady) {
		this.stub.up(new Call(reply, onReady));
	}

	@Override
	public StreamObserver<Message> echo(StreamObserver<Message> replies) {
		return this.stub.echo(replies);
	}

	private static final class Call implements ClientResponseObserver<Message, Message>, Sink {

		private final StreamObserver<Message> replies;

		private final Consumer<Sink> onReady;

		private @Nullable ClientCallStreamObserver<Message> requests;

		private Call(StreamObserver<Message> replies, Consumer<Sink> onReady) {
			this.replies = replies;
			this.onReady = onReady;
		}

		@Override
		public void beforeStart(ClientCallStreamObserver<Message> requests) {
			this.requests = requests;
			requests.setOnReadyHandler(() -> this.onReady.accept(this));
		}

		private ClientCallStreamObserver<Message> requests() {
			return Objects.requireNonNull(this.requests);
		}

		private void cancel() {
			requests().cancel("measured", null);
		}

		@Override
		public boolean isReady() {
			return requests().isReady();
		}

		@Override
		public void send(Message message) {
			requests().onNext(message);
		}

		@Override
		public void complete() {
			requests().onCompleted();
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

}
