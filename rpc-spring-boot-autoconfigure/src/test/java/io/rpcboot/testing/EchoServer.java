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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Attributes;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.jspecify.annotations.Nullable;

/**
 * A real server on a loopback port, without Spring, that a test turns unhealthy, lets say
 * {@code rpc-drain}, and asks what it saw.
 */
public final class EchoServer implements AutoCloseable {

	/**
	 * The text of a request that is answered only when {@link #release()} says so.
	 */
	public static final String HOLD = "hold";

	/**
	 * The text of a request for a stream that breaks after its first answer.
	 */
	public static final String BREAK = "break";

	private static final int LIMIT_SECONDS = 10;

	private final HealthStatusManager health = new HealthStatusManager();

	private final BlockingQueue<Held> held = new LinkedBlockingQueue<>();

	private final BlockingQueue<Metadata> headers = new LinkedBlockingQueue<>();

	private final AtomicInteger opened = new AtomicInteger();

	private final AtomicInteger open = new AtomicInteger();

	private final AtomicInteger calls = new AtomicInteger();

	private final String name;

	private final Server server;

	private volatile boolean saysDrain;

	private volatile @Nullable Status failure;

	private volatile @Nullable Metadata failureTrailers;

	private EchoServer(String name, int port, int maxCallsPerConnection) {
		this.name = name;
		this.server = NettyServerBuilder
			.forAddress(new InetSocketAddress("127.0.0.1", port), InsecureServerCredentials.create())
			.addService(this.health.getHealthService())
			.addService(ServerInterceptors.intercept(new HoldingEchoService(), new Recorder()))
			.addTransportFilter(new ConnectionCounter())
			.maxConcurrentCallsPerConnection(maxCallsPerConnection)
			.build();
		health(ServingStatus.SERVING);
		try {
			this.server.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Starts a server on a free port.
	 * @param name the name that it answers with
	 * @return the server, which is healthy
	 */
	public static EchoServer start(String name) {
		return start(name, 0);
	}

	/**
	 * Starts a server on a port.
	 * @param name the name that it answers with
	 * @param port the port
	 * @return the server, which is healthy
	 */
	public static EchoServer start(String name, int port) {
		return new EchoServer(name, port, Integer.MAX_VALUE);
	}

	/**
	 * Starts a server on a free port that takes few calls at a time.
	 * @param name the name that it answers with
	 * @param maxCallsPerConnection how many each connection may have, the health watch
	 * among them
	 * @return the server, which is healthy
	 */
	public static EchoServer startLimited(String name, int maxCallsPerConnection) {
		return new EchoServer(name, 0, maxCallsPerConnection);
	}

	/**
	 * Returns the port of a server that was there and is gone.
	 * @return a port on which nobody listens
	 */
	public static int unusedPort() {
		try (EchoServer server = start("gone")) {
			return server.port();
		}
	}

	/**
	 * Returns the name that it answers with.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	public int port() {
		return this.server.getPort();
	}

	public String address() {
		return "127.0.0.1:" + port();
	}

	/**
	 * Returns the record of this server.
	 * @param id its id
	 * @return an instance of the application {@code echo}
	 */
	public ServiceInstance instance(String id) {
		return ServiceInstance.of(id, "echo", "127.0.0.1", port());
	}

	/**
	 * Returns how many connections were opened so far.
	 * @return the number
	 */
	public int connectionsOpened() {
		return this.opened.get();
	}

	/**
	 * Returns how many connections are open.
	 * @return the number
	 */
	public int openConnections() {
		return this.open.get();
	}

	/**
	 * Returns how many calls of the service came.
	 * @return the number, without health calls
	 */
	public int calls() {
		return this.calls.get();
	}

	/**
	 * Changes what {@code grpc.health.v1} says.
	 * @param status the status of the whole server
	 */
	public void health(ServingStatus status) {
		this.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
	}

	/**
	 * Changes whether the replies say {@code rpc-drain}.
	 * @param drain whether they do
	 */
	public void saysDrain(boolean drain) {
		this.saysDrain = drain;
	}

	/**
	 * Changes how unary calls end.
	 * @param status the status of every call; {@code null} to answer
	 */
	public void failWith(@Nullable Status status) {
		this.failureTrailers = null;
		this.failure = status;
	}

	/**
	 * Lets unary calls fail.
	 * @param status the status of every call
	 * @param trailers what the trailers are made of
	 */
	public void failWith(Status status, Metadata trailers) {
		this.failureTrailers = trailers;
		this.failure = status;
	}

	/**
	 * Waits for the next call and returns its headers.
	 * @return the headers
	 */
	public Metadata nextHeaders() {
		return next(this.headers);
	}

	/**
	 * Waits for a call with the text {@link #HOLD}, which stays unanswered.
	 */
	public void awaitHeld() {
		this.held.add(next(this.held));
	}

	/**
	 * Answers the oldest held call.
	 */
	public void release() {
		Held call = next(this.held);
		call.observer().onNext(pong(call.text()));
		call.observer().onCompleted();
	}

	/**
	 * Returns how many calls stay unanswered.
	 * @return the number
	 */
	public int heldCalls() {
		return this.held.size();
	}

	/**
	 * Waits until the caller has cut the oldest held call.
	 * @return whether it did, or else waited
	 */
	public boolean awaitHeldCancelled() {
		ServerCallStreamObserver<Pong> observer = (ServerCallStreamObserver<Pong>) next(this.held).observer();
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
		while (!observer.isCancelled() && System.nanoTime() < end) {
			Thread.onSpinWait();
		}
		return observer.isCancelled();
	}

	/**
	 * Closes the port and lets calls in flight finish.
	 */
	public void shutdown() {
		this.server.shutdown();
	}

	@Override
	public void close() {
		this.server.shutdownNow();
		try {
			this.server.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private Pong pong(String text) {
		return Pong.newBuilder().setText(text).setServer(this.name).build();
	}

	private static <T> T next(BlockingQueue<T> queue) {
		try {
			T next = queue.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
			if (next == null) {
				throw new AssertionError("No call came within " + LIMIT_SECONDS + " s");
			}
			return next;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private record Held(String text, StreamObserver<Pong> observer) {

	}

	private final class HoldingEchoService extends EchoService {

		HoldingEchoService() {
			super(EchoServer.this.name);
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			Status status = EchoServer.this.failure;
			if (status != null) {
				responseObserver.onError(status.asRuntimeException(EchoServer.this.failureTrailers));
				return;
			}
			switch (request.getText()) {
				case HOLD -> hold(request, responseObserver);
				case "fail" -> responseObserver.onError(Status.NOT_FOUND.asRuntimeException());
				default -> super.unary(request, responseObserver);
			}
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
			switch (request.getText()) {
				case HOLD -> hold(request, responseObserver);
				case BREAK -> {
					responseObserver.onNext(EchoServer.this.pong(BREAK));
					responseObserver.onError(Status.UNAVAILABLE.asRuntimeException());
				}
				default -> super.serverStream(request, responseObserver);
			}
		}

		private void hold(Ping request, StreamObserver<Pong> responseObserver) {
			((ServerCallStreamObserver<Pong>) responseObserver).setOnCancelHandler(() -> {
			});
			EchoServer.this.held.add(new Held(request.getText(), responseObserver));
		}

	}

	private final class Recorder implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata requestHeaders,
				ServerCallHandler<Q, A> next) {
			EchoServer.this.calls.incrementAndGet();
			EchoServer.this.headers.add(requestHeaders);
			return next.startCall(new SimpleForwardingServerCall<>(call) {
				@Override
				public void sendHeaders(Metadata replyHeaders) {
					mark(replyHeaders);
					super.sendHeaders(replyHeaders);
				}

				@Override
				public void close(Status status, Metadata trailers) {
					mark(trailers);
					super.close(status, trailers);
				}
			}, requestHeaders);
		}

		private void mark(Metadata reply) {
			if (EchoServer.this.saysDrain) {
				reply.put(RpcMetadata.DRAIN, RpcMetadata.SET);
			}
		}

	}

	private final class ConnectionCounter extends ServerTransportFilter {

		@Override
		public Attributes transportReady(Attributes transport) {
			EchoServer.this.opened.incrementAndGet();
			EchoServer.this.open.incrementAndGet();
			return transport;
		}

		@Override
		public void transportTerminated(Attributes transport) {
			EchoServer.this.open.decrementAndGet();
		}

	}

}
