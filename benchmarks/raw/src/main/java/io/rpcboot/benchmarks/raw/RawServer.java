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

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.rpcboot.benchmarks.driver.BenchService;
import io.rpcboot.benchmarks.driver.Handler;
import io.rpcboot.benchmarks.driver.ServerLoop;

/**
 * Serves by grpc-java's defaults; with the argument {@code tuned}, on the event loop.
 */
public final class RawServer {

	private RawServer() {
	}

	/**
	 * Starts the server.
	 * @param args {@code tuned} or nothing
	 * @throws IOException if there is no port to listen on
	 */
	public static void main(String[] args) throws IOException {
		Handler handler = new Handler();
		NettyServerBuilder builder = NettyServerBuilder
			.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), InsecureServerCredentials.create());
		if (args.length > 0 && args[0].equals("tuned")) {
			builder.directExecutor();
		}
		Server server = builder.addService(new BenchService(handler)).build().start();
		ServerLoop.run(server.getPort(), handler);
	}

}
