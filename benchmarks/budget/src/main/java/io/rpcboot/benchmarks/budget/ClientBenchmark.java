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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.budget.AnsweredClient.BenchCaller;
import io.rpcboot.benchmarks.v1.BenchGrpc;
import io.rpcboot.benchmarks.v1.BenchGrpc.BenchStub;
import io.rpcboot.benchmarks.v1.Message;
import io.rpcboot.client.PlanInsides;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.client.RpcReferences;
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

/**
 * What a call meets between its stub and the transport.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClientBenchmark {

	/**
	 * What is turned on; {@code TUNED} for a stub without the library.
	 */
	@Param("BALANCING")
	public Step step = Step.BALANCING;

	private final Message request = Message.newBuilder().setPayload(ByteString.copyFrom(new byte[100])).build();

	private final StreamObserver<Message> nobody = new Nobody();

	private final PlanInsides plan = new PlanInsides(new AnsweringChannel());

	@SuppressWarnings("NullAway.Init")
	private BenchStub stub;

	@SuppressWarnings("NullAway.Init")
	private RpcReferences references;

	private long change;

	private @Nullable ConfigurableApplicationContext context;

	/**
	 * Starts the application.
	 */
	@Setup(Level.Trial)
	public void open() {
		if (this.step == Step.TUNED) {
			this.stub = BenchGrpc.newStub(new AnsweringChannel());
			return;
		}
		List<String> properties = new ArrayList<>(this.step.clientProperties());
		properties.addAll(List.of("--spring.application.name=bench-client", "--rpc.server.port=-1",
				"--rpc.client.references." + AnsweredClient.APPLICATION + ".addresses=127.0.0.1:1",
				"--logging.level.root=warn", "--spring.main.banner-mode=off"));
		ConfigurableApplicationContext started = SpringApplication.run(AnsweredClient.class,
				properties.toArray(String[]::new));
		this.context = started;
		this.stub = started.getBean(BenchCaller.class).stub();
		this.references = started.getBean(RpcReferences.class);
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
	 * Makes a call.
	 */
	@Benchmark
	public void call() {
		this.stub.call(this.request, this.nobody);
	}

	/**
	 * Looks up what holds for a call.
	 * @return its options
	 */
	@Benchmark
	public CallOptions plan() {
		return this.plan.options(CallOptions.DEFAULT);
	}

	/**
	 * Makes the first call after a change of the settings, and the change.
	 */
	@Benchmark
	public void change() {
		Duration timeout = Duration.ofMillis(1_000 + (this.change++ & 1));
		this.references.change(AnsweredClient.APPLICATION, (settings) -> withTimeout(settings, timeout));
		call();
	}

	/**
	 * Injects a reference.
	 * @return what has it
	 */
	@Benchmark
	public Object inject() {
		ConfigurableApplicationContext started = this.context;
		if (started == null) {
			throw new IllegalStateException("there is no application");
		}
		return started.getBean(BenchCaller.class);
	}

	private static Reference withTimeout(Reference settings, Duration timeout) {
		return new Reference(timeout, settings.streamTimeout(), settings.loadBalancing(),
				settings.maxInboundMessageSize(), settings.authority(), settings.addresses(), settings.methods(),
				settings.routing(), settings.hashKey(), settings.attempts(), settings.maxBuffered());
	}

	private static final class Nobody implements StreamObserver<Message> {

		@Override
		public void onNext(Message reply) {
		}

		@Override
		public void onError(Throwable cause) {
			throw new IllegalStateException(cause);
		}

		@Override
		public void onCompleted() {
		}

	}

}
