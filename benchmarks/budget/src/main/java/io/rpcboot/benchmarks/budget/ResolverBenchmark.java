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

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.grpc.NameResolver;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.internal.GrpcUtil;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.client.resolver.RpcNameResolverProvider;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.ServiceInstance;
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

/**
 * One change of the instances, as the registry tells the resolver of a channel; what the
 * load balancer then does is not in it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ResolverBenchmark {

	private static final String APPLICATION = "orders";

	private static final int CHANGES = 2;

	/**
	 * How many instances there are.
	 */
	@Param("100")
	public int instances;

	private final Results results = new Results();

	@SuppressWarnings("NullAway.Init")
	private InstanceListener resolver;

	@SuppressWarnings("NullAway.Init")
	private List<ServiceInstance> all;

	@SuppressWarnings("NullAway.Init")
	private List<ServiceInstance> withoutLast;

	/**
	 * Starts the resolver.
	 */
	@Setup(Level.Trial)
	public void open() {
		this.all = IntStream.range(0, this.instances)
			.mapToObj((number) -> ServiceInstance.of("01jd8x7c4r9t2v5w-" + number, APPLICATION,
					"10.0." + number / 256 + "." + number % 256, 9090))
			.toList();
		this.withoutLast = this.all.subList(0, this.instances - 1);
		NameResolver started = new RpcNameResolverProvider((application, listener) -> {
			this.resolver = listener;
			return InstanceWatch.OF_FIXED_SET;
		}, BalancerContext.standard()).newNameResolver(URI.create("rpc:///" + APPLICATION), args());
		Objects.requireNonNull(started).start(this.results);
		this.resolver.onInstances(this.all);
	}

	/**
	 * One instance leaves, and returns.
	 * @return what the channel is told then
	 */
	@Benchmark
	@OperationsPerInvocation(CHANGES)
	public ResolutionResult change() {
		this.resolver.onInstances(this.withoutLast);
		this.resolver.onInstances(this.all);
		return this.results.last;
	}

	private static NameResolver.Args args() {
		return NameResolver.Args.newBuilder()
			.setDefaultPort(9090)
			.setProxyDetector(GrpcUtil.NOOP_PROXY_DETECTOR)
			.setSynchronizationContext(new SynchronizationContext((thread, ex) -> {
				throw new IllegalStateException("the resolver failed", ex);
			}))
			.setServiceConfigParser(new NoServiceConfig())
			.build();
	}

	private static final class Results extends NameResolver.Listener2 {

		@SuppressWarnings("NullAway.Init")
		private ResolutionResult last;

		@Override
		public Status onResult2(ResolutionResult result) {
			this.last = result;
			return Status.OK;
		}

		@Override
		public void onResult(ResolutionResult result) {
			onResult2(result);
		}

		@Override
		public void onError(Status error) {
			throw error.asRuntimeException();
		}

	}

	private static final class NoServiceConfig extends NameResolver.ServiceConfigParser {

		@Override
		public NameResolver.ConfigOrError parseServiceConfig(Map<String, ?> config) {
			return NameResolver.ConfigOrError.fromConfig(config);
		}

	}

}
