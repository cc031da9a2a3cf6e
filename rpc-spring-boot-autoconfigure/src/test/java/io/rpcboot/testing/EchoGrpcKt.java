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

package io.rpcboot.testing;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.kotlin.AbstractCoroutineStub;
import io.grpc.stub.ClientCalls;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;

/**
 * What grpc-kotlin's plugin makes of the echo service, in shape: an object that tells the
 * name of the service, and in it a stub with public constructors.
 */
public final class EchoGrpcKt {

	/**
	 * Full name of the service.
	 */
	public static final String SERVICE_NAME = EchoGrpc.SERVICE_NAME;

	private EchoGrpcKt() {
	}

	/**
	 * The stub, whose method is no coroutine here.
	 */
	public static final class EchoCoroutineStub extends AbstractCoroutineStub<EchoCoroutineStub> {

		public EchoCoroutineStub(Channel channel) {
			this(channel, CallOptions.DEFAULT);
		}

		public EchoCoroutineStub(Channel channel, CallOptions callOptions) {
			super(channel, callOptions);
		}

		@Override
		protected EchoCoroutineStub build(Channel channel, CallOptions callOptions) {
			return new EchoCoroutineStub(channel, callOptions);
		}

		/**
		 * Calls.
		 * @param ping what to send
		 * @return the answer
		 */
		public Pong unary(Ping ping) {
			return ClientCalls.blockingUnaryCall(getChannel(), EchoGrpc.getUnaryMethod(), getCallOptions(), ping);
		}

	}

}
