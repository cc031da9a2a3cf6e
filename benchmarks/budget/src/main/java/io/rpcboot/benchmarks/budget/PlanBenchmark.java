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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.rpcboot.benchmarks.v1.BenchGrpc;
import io.rpcboot.client.PlanInsides;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Finds what holds for a call: its deadline, its policy, how it is attempted.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PlanBenchmark {

	private static final CallOptions.Key<PlanBenchmark> OWN = CallOptions.Key.create("own");

	private static final String REFERENCE = "--rpc.client.references." + AnsweredChannel.APPLICATION;

	/** By method, by service, and for all calls. */
	private static final List<String> SETTINGS = List.of(REFERENCE + ".methods[bench.v1.Bench/Call].timeout=3s",
			REFERENCE + ".methods[bench.v1.Bench].load-balancing=round_robin", REFERENCE + ".idempotent=true");

	private final CallOptions ofStub = CallOptions.DEFAULT.withOption(OWN, this);

	private final CallOptions ofOtherStub = CallOptions.DEFAULT.withOption(OWN, this);

	private boolean other;

	@SuppressWarnings("NullAway.Init")
	private ClientApplication application;

	@SuppressWarnings("NullAway.Init")
	private PlanInsides plans;

	/**
	 * Starts the application.
	 * @throws IOException if its server cannot be started
	 */
	@Setup(Level.Trial)
	public void open() throws IOException {
		List<String> properties = new ArrayList<>(Step.METRICS.clientProperties());
		properties.addAll(SETTINGS);
		this.application = new ClientApplication(properties);
		this.plans = new PlanInsides(this.application.context(), AnsweredChannel.APPLICATION,
				BenchGrpc.getCallMethod());
	}

	/**
	 * Ends the application.
	 */
	@TearDown(Level.Trial)
	public void close() {
		this.application.close();
	}

	/**
	 * Plans the calls of a method, as the first of them does.
	 * @return the plan
	 */
	@Benchmark
	public Object plan() {
		return this.plans.plan();
	}

	/**
	 * Returns the options of a call of a stub that made others before.
	 * @return the options
	 */
	@Benchmark
	public CallOptions options() {
		return this.plans.options(this.ofStub);
	}

	/**
	 * Returns the options of a call that brings others than the one before, as each of a
	 * blocking stub does.
	 * @return the options
	 */
	@Benchmark
	public CallOptions ownOptions() {
		this.other = !this.other;
		return this.plans.options(this.other ? this.ofOtherStub : this.ofStub);
	}

}
