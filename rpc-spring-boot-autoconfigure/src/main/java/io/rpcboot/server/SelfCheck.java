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

package io.rpcboot.server;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;

/**
 * Calls the server's own health service through its real port, so that nothing is
 * announced that cannot be reached. Whatever it answers is good: that it answers is the
 * point.
 */
final class SelfCheck {

	private static final long DEADLINE_SECONDS = 2;

	private final InetSocketAddress address;

	SelfCheck(InetSocketAddress address) {
		this.address = address;
	}

	/**
	 * Calls the server; blocks for at most two seconds.
	 * @return what failed; OK if the server answered
	 */
	Status run() {
		ManagedChannel channel = NettyChannelBuilder.forAddress(this.address).usePlaintext().directExecutor().build();
		try {
			HealthGrpc.newBlockingStub(channel)
				.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
				.withWaitForReady()
				.check(HealthCheckRequest.getDefaultInstance());
			return Status.OK;
		}
		catch (StatusRuntimeException ex) {
			return switch (ex.getStatus().getCode()) {
				case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> ex.getStatus();
				default -> Status.OK;
			};
		}
		finally {
			channel.shutdownNow();
		}
	}

}
