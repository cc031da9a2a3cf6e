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

package io.rpcboot.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import io.rpcboot.testing.tls.PemFiles;

/**
 * Asks {@code grpc.health.v1} as a probe of a platform does, with a client certificate.
 */
final class OperatedHealth {

	private static final long LIMIT_SECONDS = 10;

	private final int port;

	private final ChannelCredentials credentials;

	OperatedHealth(int port, Path trusted, PemFiles own) {
		this.port = port;
		try {
			this.credentials = TlsChannelCredentials.newBuilder()
				.trustManager(trusted.toFile())
				.keyManager(own.certificate().toFile(), own.key().toFile())
				.build();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Asks over a connection of its own.
	 * @param service the name to ask for
	 * @return what is said of it, or the code of the status if nothing is
	 */
	String of(String service) {
		ManagedChannel channel = connect();
		try {
			return HealthGrpc.newBlockingStub(channel)
				.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
				.check(HealthCheckRequest.newBuilder().setService(service).build())
				.getStatus()
				.name();
		}
		catch (StatusRuntimeException ex) {
			return ex.getStatus().getCode().name();
		}
		finally {
			channel.shutdownNow();
		}
	}

	/**
	 * Watches the server as a whole until the stream ends.
	 * @return what is said, as it comes; at last the code of the status
	 */
	List<String> watched() {
		List<String> said = new CopyOnWriteArrayList<>();
		ManagedChannel channel = connect();
		HealthGrpc.newStub(channel).watch(HealthCheckRequest.getDefaultInstance(), new StreamObserver<>() {
			@Override
			public void onNext(HealthCheckResponse response) {
				said.add(response.getStatus().name());
			}

			@Override
			public void onError(Throwable ex) {
				said.add(Status.fromThrowable(ex).getCode().name());
				channel.shutdownNow();
			}

			@Override
			public void onCompleted() {
				said.add(Status.Code.OK.name());
				channel.shutdownNow();
			}
		});
		return said;
	}

	private ManagedChannel connect() {
		return Grpc.newChannelBuilderForAddress("127.0.0.1", this.port, this.credentials)
			.overrideAuthority("orders")
			.build();
	}

}
