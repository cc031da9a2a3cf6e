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

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNames;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;

/**
 * Calls the server's own health service through its real port, so that nothing is
 * announced that cannot be reached. Whatever it answers is good: that it answers is the
 * point. Of a server that speaks TLS that is what a handshake shows, for which no
 * certificate is verified: nothing is said after it.
 */
final class SelfCheck {

	private static final long DEADLINE_SECONDS = 2;

	private final InetSocketAddress address;

	private final boolean secured;

	private final IntConsumer onConnect;

	SelfCheck(InetSocketAddress address) {
		this(address, false, (port) -> {
		});
	}

	/**
	 * Creates a check.
	 * @param address where the server listens
	 * @param secured whether it is known to speak TLS; a customizer may have given it TLS
	 * even so
	 * @param onConnect is told the local port of each handshake before it begins
	 */
	SelfCheck(InetSocketAddress address, boolean secured, IntConsumer onConnect) {
		this.address = address;
		this.secured = secured;
		this.onConnect = onConnect;
	}

	/**
	 * Calls the server; blocks for a few seconds at most.
	 * @return what failed; OK if the server answered
	 */
	Status run() {
		if (this.secured && answersInTls()) {
			return Status.OK;
		}
		Status plainText = call();
		return (plainText.isOk() || answersInTls()) ? Status.OK : plainText;
	}

	private Status call() {
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

	private boolean answersInTls() {
		int millis = (int) TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS);
		try (Socket connection = new Socket()) {
			connection.bind(null);
			this.onConnect.accept(connection.getLocalPort());
			connection.connect(this.address, millis);
			connection.setSoTimeout(millis);
			SSLContext tls = SSLContext.getInstance("TLS");
			tls.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
			try (SSLSocket socket = (SSLSocket) tls.getSocketFactory()
				.createSocket(connection, this.address.getHostString(), this.address.getPort(), true)) {
				SSLParameters parameters = socket.getSSLParameters();
				parameters.setApplicationProtocols(new String[] { ApplicationProtocolNames.HTTP_2 });
				socket.setSSLParameters(parameters);
				socket.startHandshake();
				return true;
			}
		}
		catch (SSLHandshakeException ex) {
			// A refusal, such as for want of a client's certificate, is an answer.
			return !(ex.getCause() instanceof EOFException);
		}
		catch (IOException | GeneralSecurityException ex) {
			return false;
		}
	}

}
