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

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.rpcboot.benchmarks.driver.BenchService;
import io.rpcboot.benchmarks.driver.Handler;
import io.rpcboot.benchmarks.driver.ServerLoop;
import io.rpcboot.dispatch.Admission;
import io.rpcboot.dispatch.ServerDispatch;
import io.rpcboot.dispatch.WakeOnePool;
import org.jspecify.annotations.Nullable;

/**
 * Serves by grpc-java with the library's dispatch, and nothing else of it.
 */
public final class HopServer {

	private static final int THREADS = 64;

	private HopServer() {
	}

	/**
	 * Starts the server.
	 * @param args not used
	 * @throws IOException if there is no port to listen on
	 */
	public static void main(String[] args) throws IOException {
		Handler handler = new Handler();
		ServerServiceDefinition service = new BenchService(handler).bindService();
		ServerDispatch dispatch = new ServerDispatch(new WakeOnePool("handler-", THREADS), true, new Everybody(),
				new Untouched());
		NettyServerBuilder builder = NettyServerBuilder
			.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), InsecureServerCredentials.create());
		dispatch.applyTo(builder);
		dispatch.serve(service);
		Server server = builder.addService(service).intercept(dispatch).build().start();
		ServerLoop.run(server.getPort(), handler);
	}

	private static final class Everybody implements Admission {

		@Override
		public @Nullable Status admit(MethodDescriptor<?, ?> method, Metadata headers, int waiting) {
			return null;
		}

		@Override
		public Status rejected(MethodDescriptor<?, ?> method) {
			return Status.RESOURCE_EXHAUSTED;
		}

	}

	private static final class Untouched implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			return next.startCall(call, headers);
		}

	}

}
