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

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.rpcboot.benchmarks.v1.BenchGrpc;
import io.rpcboot.benchmarks.v1.Message;

/**
 * A call whose answer goes nowhere.
 */
final class UnsentCall extends ServerCall<Message, Message> {

	private boolean answered;

	@Override
	public void request(int messages) {
	}

	@Override
	public void sendHeaders(Metadata headers) {
	}

	@Override
	public void sendMessage(Message message) {
		this.answered = true;
	}

	@Override
	public void close(Status status, Metadata trailers) {
		if (!status.isOk() || !this.answered) {
			throw status.asRuntimeException();
		}
	}

	@Override
	public boolean isCancelled() {
		return false;
	}

	@Override
	public MethodDescriptor<Message, Message> getMethodDescriptor() {
		return BenchGrpc.getCallMethod();
	}

}
