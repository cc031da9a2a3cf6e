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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InternalMetadata;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.rpcboot.actuate.call.ServerCallMeters;
import io.rpcboot.benchmarks.driver.BenchService;
import io.rpcboot.benchmarks.driver.Handler;
import io.rpcboot.benchmarks.ours.OursServer;
import io.rpcboot.benchmarks.v1.BenchGrpc;
import io.rpcboot.benchmarks.v1.Message;
import io.rpcboot.dispatch.CallPermit;
import io.rpcboot.server.admission.AdmissionInsides;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What a call meets on a server between the transport and its service.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ServerBenchmark {

	private static final long BYTES = 107;

	private static final byte[] CALLER = bytes("rpc-caller");

	private static final byte[] CLIENT = bytes("rpc-client-id");

	private static final byte[] REQUEST = bytes("rpc-request-id");

	/**
	 * What is turned on; {@code TUNED} for the service alone.
	 */
	@Param("BALANCING")
	public Step step = Step.BALANCING;

	private final Message request = Message.newBuilder().setPayload(ByteString.copyFrom(new byte[100])).build();

	private final byte[] caller = bytes("bench-client");

	private final byte[] client = bytes("5f0e6a34-9d41-4f0c-a2a1-3c1f7f0f4c11");

	private final AdmissionInsides limit = new AdmissionInsides(false);

	private final AdmissionInsides adaptive = new AdmissionInsides(true);

	private final ServerCallMeters meters = new ServerCallMeters(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));

	private long number;

	@SuppressWarnings("NullAway.Init")
	private ServerCallHandler<Message, Message> handler;

	private @Nullable ConfigurableApplicationContext context;

	/**
	 * Starts the application, and makes a call that shows the way.
	 */
	@Setup(Level.Trial)
	@SuppressWarnings("unchecked") // The method says so.
	public void open() {
		if (this.step == Step.TUNED) {
			this.handler = (ServerCallHandler<Message, Message>) new BenchService(new Handler()).bindService()
				.getMethod(BenchGrpc.getCallMethod().getFullMethodName())
				.getServerCallHandler();
			return;
		}
		List<String> properties = new ArrayList<>(this.step.serverProperties());
		properties.addAll(List.of("--spring.application.name=bench-server", "--spring.profiles.active=non-blocking",
				"--logging.level.root=warn"));
		SpringApplication application = new SpringApplication(OursServer.class, Capturing.class);
		ConfigurableApplicationContext started = application.run(properties.toArray(String[]::new));
		this.context = started;
		ManagedChannel channel = Grpc
			.newChannelBuilderForAddress("127.0.0.1",
					started.getEnvironment().getRequiredProperty("local.rpc.server.port", Integer.class),
					InsecureChannelCredentials.create())
			.build();
		BenchGrpc.newBlockingStub(channel).call(this.request);
		channel.shutdownNow();
		this.handler = started.getBean(CapturedHandler.class).handler();
	}

	/**
	 * Ends the application.
	 */
	@TearDown(Level.Trial)
	public void close() {
		if (this.context != null) {
			this.context.close();
		}
	}

	/**
	 * Serves a call.
	 * @return the end of it
	 */
	@Benchmark
	public ServerCall.Listener<Message> call() {
		ServerCall.Listener<Message> listener = this.handler.startCall(new UnsentCall(), headers());
		listener.onMessage(this.request);
		listener.onHalfClose();
		listener.onComplete();
		return listener;
	}

	/**
	 * Meters a call.
	 * @return what does it
	 */
	@Benchmark
	public ServerStreamTracer meter() {
		ServerStreamTracer tracer = this.meters.newServerStreamTracer("bench.v1.Bench/Call", new Metadata());
		tracer.serverCallStarted(new StartedCall());
		tracer.inboundWireSize(BYTES);
		tracer.outboundWireSize(BYTES);
		tracer.streamClosed(Status.OK);
		return tracer;
	}

	/**
	 * Lets a call in under a limit.
	 * @return its permit
	 */
	@Benchmark
	public @Nullable CallPermit limit() {
		return this.limit.pass();
	}

	/**
	 * Lets a call in under an adaptive limit.
	 * @return its permit
	 */
	@Benchmark
	public @Nullable CallPermit adaptive() {
		return this.adaptive.pass();
	}

	/**
	 * As they come from the wire: not a string is made before somebody reads it.
	 */
	private Metadata headers() {
		return (this.step == Step.DEDUPLICATION) ? InternalMetadata.newMetadata(CALLER, this.caller, CLIENT,
				this.client, REQUEST, bytes("id-" + this.number++)) : InternalMetadata.newMetadata(CALLER, this.caller);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	@Configuration(proxyBeanMethods = false)
	static class Capturing {

		@Bean
		CapturedHandler capturedHandler() {
			return new CapturedHandler();
		}

	}

	private static final class StartedCall extends ServerStreamTracer.ServerCallInfo<Message, Message> {

		@Override
		public MethodDescriptor<Message, Message> getMethodDescriptor() {
			return BenchGrpc.getCallMethod();
		}

		@Override
		public Attributes getAttributes() {
			return Attributes.EMPTY;
		}

		@Override
		public @Nullable String getAuthority() {
			return null;
		}

	}

}
