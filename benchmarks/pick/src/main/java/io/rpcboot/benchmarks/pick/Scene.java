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

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.client.balancer.InstanceAttributes;
import io.rpcboot.client.balancer.PickerInsides;
import io.rpcboot.client.balancer.outlier.OutlierSettings;
import io.rpcboot.client.balancer.policy.LoadBalancingPolicy;
import io.rpcboot.client.balancer.policy.Policies;
import io.rpcboot.client.balancer.policy.RepeatedDraws;
import io.rpcboot.client.routing.InstanceFilters;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;

/**
 * A load balancer as gRPC makes it, with instances that are all connected. Filters and
 * outlier detection are those of the library; only slow start is left out, since it would
 * look at all the instances once a second meanwhile.
 */
final class Scene {

	static final String APPLICATION = "orders";

	static final String LANE = "blue";

	/** Begins the names of this library's policies. */
	static final String OURS = "rpc_";

	private static final int[] WEIGHTS = { 50, 100, 200 };

	private final BalancerContext context;

	private final OfflineHelper helper = new OfflineHelper();

	private final List<ServiceInstance> instances;

	private final ResolvedAddresses all;

	private final ResolvedAddresses withoutLast;

	private final LoadBalancer balancer;

	private Scene(List<ServiceInstance> instances, Variant variant, Function<LoadBalancer.Helper, LoadBalancer> maker) {
		this.context = new BalancerContext(policies(variant), InstanceFilters::standard, OutlierSettings.DEFAULTS,
				null);
		this.instances = instances;
		this.all = addresses(instances);
		this.withoutLast = addresses(instances.subList(0, instances.size() - 1));
		this.balancer = maker.apply(this.helper);
		returnLast();
	}

	/**
	 * Sets up a scene.
	 * @param policy the name of the load balancing policy, as gRPC knows it
	 * @param count how many instances there are
	 * @param variant what they are like
	 * @return the scene, its picker published
	 */
	static Scene of(String policy, int count, Variant variant) {
		LoadBalancerProvider provider = LoadBalancerRegistry.getDefaultRegistry().getProvider(policy);
		if (provider == null) {
			throw new IllegalArgumentException("policy: '" + policy + "' (expected: one that gRPC knows)");
		}
		return new Scene(instances(count, variant), variant, provider::newLoadBalancer);
	}

	/**
	 * Sets up a scene without the health watch.
	 * @param policy the name of the policy, as gRPC knows it
	 * @param count how many instances there are
	 * @param variant what they are like
	 * @return the scene, whose picker is the innermost one
	 */
	static Scene bare(String policy, int count, Variant variant) {
		String name = policy.substring(OURS.length());
		return new Scene(instances(count, variant), variant,
				(helper) -> PickerInsides.withoutHealthWatch(helper, name));
	}

	private static Map<String, LoadBalancingPolicy> policies(Variant variant) {
		Map<String, LoadBalancingPolicy> policies = new HashMap<>(Policies.builtIn());
		if (variant == Variant.HOT) {
			policies.put("p2c", RepeatedDraws.p2c());
		}
		return policies;
	}

	private static List<ServiceInstance> instances(int count, Variant variant) {
		return IntStream.range(0, count).mapToObj((number) -> instance(number, variant)).toList();
	}

	private static ServiceInstance instance(int number, Variant variant) {
		int weight = (variant == Variant.WEIGHTS) ? WEIGHTS[number % WEIGHTS.length] : ServiceInstance.DEFAULT_WEIGHT;
		Map<String, String> tags = (variant == Variant.LANE) ? Map.of("lane", LANE) : Map.of();
		return new ServiceInstance(id(number), APPLICATION, "10.0." + number / 256 + "." + number % 256, 9090,
				List.of(), InstanceState.UP, weight, null, null, tags, null, Map.of());
	}

	static String id(int number) {
		return "01jd8x7c4r9t2v5w-" + Integer.toString(number + 46656, 36);
	}

	private ResolvedAddresses addresses(List<ServiceInstance> some) {
		List<EquivalentAddressGroup> groups = new ArrayList<>();
		for (ServiceInstance instance : some) {
			groups.add(new EquivalentAddressGroup(InetSocketAddress.createUnresolved(instance.host(), instance.port()),
					Attributes.newBuilder().set(InstanceAttributes.INSTANCE, instance).build()));
		}
		return ResolvedAddresses.newBuilder()
			.setAddresses(groups)
			.setAttributes(Attributes.newBuilder()
				.set(InstanceAttributes.CONTEXT, this.context)
				.set(InstanceAttributes.APPLICATION, APPLICATION)
				.build())
			.build();
	}

	/**
	 * Lets the last instance leave.
	 */
	void removeLast() {
		accept(this.withoutLast);
	}

	/**
	 * Lets all instances be there.
	 */
	void returnLast() {
		accept(this.all);
	}

	private void accept(ResolvedAddresses addresses) {
		this.helper.getSynchronizationContext().execute(() -> this.balancer.acceptResolvedAddresses(addresses));
	}

	SubchannelPicker picker() {
		return this.helper.picker();
	}

	/**
	 * Lets the instances answer calls and have some in flight. Only for a policy of this
	 * library.
	 * @return the traffic, to be renewed before it is forgotten
	 */
	Traffic traffic() {
		return new Traffic(this.instances.stream()
			.map((instance) -> PickerInsides.statistics(this.context, instance.id()))
			.toList(), Duration.ofMillis(1));
	}

	void close() {
		this.helper.getSynchronizationContext().execute(this.balancer::shutdown);
		this.helper.close();
	}

}
