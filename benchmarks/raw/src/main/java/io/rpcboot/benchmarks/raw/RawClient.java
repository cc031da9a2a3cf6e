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

package io.rpcboot.benchmarks.raw;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.rpcboot.benchmarks.driver.ClientLoop;
import io.rpcboot.benchmarks.driver.GrpcBenchClient;
import io.rpcboot.benchmarks.v1.BenchGrpc;

/**
 * Calls by grpc-java's defaults; with the argument {@code tuned}, on the event loop and
 * without retries.
 */
public final class RawClient {

	private RawClient() {
	}

	/**
	 * Starts the client.
	 * @param args the server's port, and {@code tuned} or nothing
	 */
	public static void main(String[] args) {
		ManagedChannelBuilder<?> builder = Grpc.newChannelBuilderForAddress("127.0.0.1", Integer.parseInt(args[0]),
				InsecureChannelCredentials.create());
		if (args.length > 1 && args[1].equals("tuned")) {
			builder.directExecutor().disableRetry();
		}
		ManagedChannel channel = builder.build();
		ClientLoop.run(new GrpcBenchClient(BenchGrpc.newStub(channel), BenchGrpc.newBlockingStub(channel)));
	}

}
