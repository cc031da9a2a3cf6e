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

import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.rpcboot.benchmarks.driver.ClientLoop;
import io.rpcboot.benchmarks.driver.GrpcBenchClient;
import io.rpcboot.benchmarks.v1.BenchGrpc;
import io.rpcboot.dispatch.ClientDispatch;
import io.rpcboot.dispatch.ClientLoops;
import io.rpcboot.dispatch.WakeOnePool;

/**
 * Calls by grpc-java with the library's dispatch and event loops, and nothing else of it;
 * with the argument {@code deadline}, each call has one.
 */
public final class HopClient {

	private static final int THREADS = 64;

	private static final long DEADLINE_SECONDS = 5;

	private HopClient() {
	}

	/**
	 * Starts the client.
	 * @param args the server's port, and {@code deadline} or anything else
	 */
	public static void main(String[] args) {
		NettyChannelBuilder builder = (NettyChannelBuilder) Grpc.newChannelBuilderForAddress("127.0.0.1",
				Integer.parseInt(args[0]), InsecureChannelCredentials.create());
		new ClientLoops().applyTo(builder);
		Channel channel = ClientInterceptors.intercept(builder.directExecutor().disableRetry().build(),
				new ClientDispatch(new WakeOnePool("callback-", THREADS)));
		if (args[1].equals("deadline")) {
			channel = ClientInterceptors.intercept(channel, new Deadlines());
		}
		ClientLoop.run(new GrpcBenchClient(BenchGrpc.newStub(channel), BenchGrpc.newBlockingStub(channel)));
	}

	private static final class Deadlines implements ClientInterceptor {

		@Override
		public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
			return next.newCall(method, options.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS));
		}

	}

}
