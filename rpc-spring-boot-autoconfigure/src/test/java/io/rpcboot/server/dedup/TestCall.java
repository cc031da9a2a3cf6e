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

package io.rpcboot.server.dedup;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, which remembers its answer.
 */
final class TestCall extends ServerCall<Ping, Pong> {

	@Nullable Status status;

	@Override
	public void request(int messages) {
		// There is no transport.
	}

	@Override
	public void sendHeaders(Metadata headers) {
		// Not looked at.
	}

	@Override
	public void sendMessage(Pong message) {
		// Not looked at.
	}

	@Override
	public void close(Status newStatus, Metadata trailers) {
		this.status = newStatus;
	}

	@Override
	public boolean isCancelled() {
		return false;
	}

	@Override
	public MethodDescriptor<Ping, Pong> getMethodDescriptor() {
		return EchoGrpc.getUnaryMethod();
	}

}
