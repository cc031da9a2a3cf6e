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

package io.rpcboot.demo.consumer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

/**
 * Collects what a streaming call answers.
 *
 * @param <T> the type of the messages
 */
final class Replies<T> implements StreamObserver<T> {

	private final List<T> messages = new ArrayList<>();

	private final CompletableFuture<List<T>> complete = new CompletableFuture<>();

	@Override
	public void onNext(T message) {
		this.messages.add(message);
	}

	@Override
	public void onError(Throwable cause) {
		this.complete.completeExceptionally(cause);
	}

	@Override
	public void onCompleted() {
		this.complete.complete(this.messages);
	}

	/**
	 * Waits until the call ends, at the latest at its deadline.
	 * @return all that was answered, in order
	 * @throws StatusRuntimeException if the call failed
	 */
	List<T> await() {
		try {
			return this.complete.join();
		}
		catch (CompletionException ex) {
			throw Status.fromThrowable(ex.getCause()).asRuntimeException();
		}
	}

}
