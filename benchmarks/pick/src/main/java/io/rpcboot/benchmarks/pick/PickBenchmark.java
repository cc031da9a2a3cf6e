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

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.client.balancer.PickerInsides;
import io.rpcboot.client.balancer.policy.InstanceSelector;
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
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * One pick through the picker that a channel would have.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PickBenchmark {

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

	/**
	 * What calls and instances are like.
	 */
	@Param("PLAIN")
	public Variant variant = Variant.PLAIN;

	private final Metadata headers = new Metadata();

	private final StreamInfo stream = StreamInfo.newBuilder().build();

	@SuppressWarnings("NullAway.Init")
	private Scene scene;

	@SuppressWarnings("NullAway.Init")
	private SubchannelPicker picker;

	@SuppressWarnings("NullAway.Init")
	private InstanceSelector selector;

	@SuppressWarnings("NullAway.Init")
	private Call[] calls;

	private @Nullable Traffic traffic;

	/**
	 * Makes the load balancer.
	 * @param params what is about to be measured
	 */
	@Setup(Level.Trial)
	public void open(BenchmarkParams params) {
		boolean inner = params.getBenchmark().endsWith(".select");
		this.scene = inner ? Scene.bare(this.policy, this.instances, this.variant)
				: Scene.of(this.policy, this.instances, this.variant);
		this.picker = this.scene.picker();
		this.calls = Call.of(this.variant, this.policy.equals("rpc_consistent_hash"));
		this.traffic = this.policy.startsWith(Scene.OURS) ? this.scene.traffic() : null;
		if (inner) {
			this.selector = PickerInsides.selector(this.picker);
		}
		// The route of a call that made the selection before is equal, not the same.
		PickResult first = this.picker.pickSubchannel(Call.of(this.variant, true)[0]);
		if (first.getSubchannel() == null) {
			throw new IllegalStateException("nobody is picked: " + first);
		}
		// Where all of it is after a while in an application: no longer among what was
		// garbage by the time it was made.
		System.gc();
	}

	/**
	 * Renews the traffic, which would be forgotten otherwise.
	 */
	@Setup(Level.Iteration)
	public void renew() {
		if (this.traffic != null) {
			this.traffic.renew();
		}
	}

	/**
	 * Ends the load balancer.
	 */
	@TearDown(Level.Trial)
	public void close() {
		this.scene.close();
	}

	/**
	 * What a channel asks for each attempt.
	 * @param turn whose turn it is
	 * @return the result
	 */
	@Benchmark
	public PickResult pick(Turn turn) {
		return this.picker.pickSubchannel(turn.next(this.calls));
	}

	/**
	 * The policy alone.
	 * @param turn whose turn it is
	 * @return the index of the instance
	 */
	@Benchmark
	public int select(Turn turn) {
		return this.selector.select(turn.next(this.calls).hints());
	}

	/**
	 * All that balancing does for a call that is answered: the pick, the tracer that gRPC
	 * wants for each attempt, the statistics, the outlier detection.
	 * @param turn whose turn it is
	 * @return the tracer
	 */
	@Benchmark
	public ClientStreamTracer attempt(Turn turn) {
		PickResult result = this.picker.pickSubchannel(turn.next(this.calls));
		ClientStreamTracer tracer = result.getStreamTracerFactory().newClientStreamTracer(this.stream, this.headers);
		tracer.streamCreated(Attributes.EMPTY, this.headers);
		tracer.outboundHeaders();
		tracer.inboundHeaders(this.headers);
		tracer.inboundTrailers(this.headers);
		tracer.streamClosed(Status.OK);
		return tracer;
	}

	/**
	 * Goes round the calls, each thread by itself.
	 */
	@State(Scope.Thread)
	public static class Turn {

		private int next;

		Call next(Call[] calls) {
			return calls[this.next++ & (calls.length - 1)];
		}

	}

}
