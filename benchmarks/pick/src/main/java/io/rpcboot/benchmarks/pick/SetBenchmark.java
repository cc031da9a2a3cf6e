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

package io.rpcboot.benchmarks.pick;

import java.util.concurrent.TimeUnit;

import io.grpc.LoadBalancer.SubchannelPicker;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One change of the instances, as the resolver tells the load balancer of a channel.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SetBenchmark {

	private static final int CHANGES = 2;

	/**
	 * The name of the policy in gRPC.
	 */
	@Param("rpc_p2c")
	public String policy = "";

	/**
	 * How many instances there are.
	 */
	@Param("100")
	public int instances;

	@SuppressWarnings("NullAway.Init")
	private Scene scene;

	/**
	 * Makes the load balancer.
	 */
	@Setup(Level.Trial)
	public void open() {
		this.scene = Scene.of(this.policy, this.instances, Variant.PLAIN);
	}

	/**
	 * Ends the load balancer.
	 */
	@TearDown(Level.Trial)
	public void close() {
		this.scene.close();
	}

	/**
	 * One instance leaves, and returns.
	 * @return the picker after that
	 */
	@Benchmark
	@OperationsPerInvocation(CHANGES)
	public SubchannelPicker change() {
		this.scene.removeLast();
		this.scene.returnLast();
		return this.scene.picker();
	}

}
