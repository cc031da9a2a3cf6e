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
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.rpcboot.actuate.call.ClientCallMeters;
import io.rpcboot.benchmarks.v1.BenchGrpc;
import io.rpcboot.benchmarks.v1.BenchGrpc.BenchStub;
import io.rpcboot.benchmarks.v1.Message;
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

/**
 * What a call meets on a client between its stub and gRPC's channel.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClientBenchmark {

	private static final long BYTES = 107;

	/**
	 * What is turned on; {@code TUNED} for the stub alone.
	 */
	@Param("BALANCING")
	public Step step = Step.BALANCING;

	private final Message request = Message.newBuilder().setPayload(ByteString.copyFrom(new byte[100])).build();

	private final ClientStreamTracer.Factory meters = new ClientCallMeters(
			new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))
		.attempts(AnsweredChannel.APPLICATION, BenchGrpc.getCallMethod());

	private final StreamInfo stream = StreamInfo.newBuilder().build();

	private final Metadata headers = new Metadata();

	private final LastReply reply = new LastReply();

	@SuppressWarnings("NullAway.Init")
	private BenchStub stub;

	private @Nullable ClientApplication application;

	/**
	 * Starts the application.
	 * @throws IOException if its server cannot be started
	 */
	@Setup(Level.Trial)
	public void open() throws IOException {
		if (this.step == Step.TUNED) {
			this.stub = BenchGrpc.newStub(new AnsweredChannel());
			return;
		}
		this.application = new ClientApplication(this.step.clientProperties());
		this.stub = this.application.stub();
	}

	/**
	 * Ends the application.
	 */
	@TearDown(Level.Trial)
	public void close() {
		if (this.application != null) {
			this.application.close();
		}
	}

	/**
	 * Makes a call.
	 * @return its reply
	 */
	@Benchmark
	public Message call() {
		this.stub.call(this.request, this.reply);
		return this.reply.take();
	}

	/**
	 * Meters an attempt.
	 * @return what does it
	 */
	@Benchmark
	public ClientStreamTracer meter() {
		ClientStreamTracer tracer = this.meters.newClientStreamTracer(this.stream, this.headers);
		tracer.streamCreated(Attributes.EMPTY, this.headers);
		tracer.outboundWireSize(BYTES);
		tracer.inboundWireSize(BYTES);
		tracer.streamClosed(Status.OK);
		return tracer;
	}

}
