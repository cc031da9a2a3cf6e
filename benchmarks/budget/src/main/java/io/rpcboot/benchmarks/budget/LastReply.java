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

package io.rpcboot.benchmarks.budget;

import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.v1.Message;
import org.jspecify.annotations.Nullable;

/**
 * Holds the reply of a call until it is taken.
 */
final class LastReply implements StreamObserver<Message> {

	private @Nullable Message received;

	private @Nullable Message complete;

	@Override
	public void onNext(Message message) {
		this.received = message;
	}

	@Override
	public void onError(Throwable cause) {
		throw new IllegalStateException("a call failed", cause);
	}

	@Override
	public void onCompleted() {
		this.complete = this.received;
	}

	/**
	 * Takes the reply of a call that has ended.
	 * @return the reply
	 */
	Message take() {
		Message taken = this.complete;
		if (taken == null) {
			throw new IllegalStateException("a call was not answered");
		}
		this.received = null;
		this.complete = null;
		return taken;
	}

}
