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

package io.rpcboot.client.balancer;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;

import io.rpcboot.client.balancer.outlier.OutlierDetector;
import io.rpcboot.client.balancer.outlier.OutlierSettings;
import io.rpcboot.client.balancer.policy.LoadBalancingPolicy;
import io.rpcboot.client.balancer.policy.Policies;
import io.rpcboot.client.balancer.policy.SlowStart;
import io.rpcboot.client.balancer.policy.StatisticsStore;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.client.routing.InstanceFilter;
import io.rpcboot.client.routing.InstanceFilters;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * What the channels of one application context share: the statistics of instances, the
 * filters, the policies. The name resolver hands it to the load balancer of each channel.
 */
public final class BalancerContext {

	/** How many connections an instance may have at most. */
	public static final int MAX_CONNECTIONS = 16;

	private final LongSupplier nanoClock;

	private final StatisticsStore statistics;

	private final Function<String, List<InstanceFilter>> filters;

	private final Map<String, LoadBalancingPolicy> policies;

	private final @Nullable OutlierSettings outliers;

	private final @Nullable SlowStart slowStart;

	/** By application. */
	private final Map<String, LongAdder> picks = new ConcurrentHashMap<>();

	/** What somebody has set by hand, by application and id of the instance. */
	private final Map<String, Map<String, Integer>> weights = new ConcurrentHashMap<>();

	private final Set<InstanceLoadBalancer> balancers = ConcurrentHashMap.newKeySet();

	private final ConnectHints hints;

	/**
	 * Creates a context.
	 * @param policies by name
	 * @param filters the filters of an application, by its name, in their order
	 * @param outliers when to eject an instance; {@code null} for never
	 * @param slowStart how the share of a new instance grows; {@code null} for its whole
	 * share at once
	 */
	public BalancerContext(Map<String, LoadBalancingPolicy> policies, Function<String, List<InstanceFilter>> filters,
			@Nullable OutlierSettings outliers, @Nullable SlowStart slowStart) {
		this(policies, filters, outliers, slowStart, System::nanoTime);
	}

	BalancerContext(Map<String, LoadBalancingPolicy> policies, Function<String, List<InstanceFilter>> filters,
			@Nullable OutlierSettings outliers, @Nullable SlowStart slowStart, LongSupplier nanoClock) {
		this.nanoClock = nanoClock;
		this.hints = new ConnectHints(nanoClock);
		this.statistics = new StatisticsStore(nanoClock);
		this.policies = Map.copyOf(policies);
		this.filters = filters;
		this.outliers = outliers;
		this.slowStart = slowStart;
	}

	/**
	 * Creates the context of a channel that nobody gave one.
	 * @return a context with every default
	 */
	public static BalancerContext standard() {
		return new BalancerContext(Policies.builtIn(), InstanceFilters::standard, OutlierSettings.DEFAULTS,
				new SlowStart(Duration.ofSeconds(30), 0.1));
	}

	/**
	 * Returns the policies that calls may name.
	 * @return by name
	 */
	public Map<String, LoadBalancingPolicy> policies() {
		return this.policies;
	}

	/**
	 * Explains where calls to an application would go now.
	 * @param application the application
	 * @param route what of a call decides
	 * @param key the hash key of a call, to be placed; {@code null} for none
	 * @return one for each open channel to the application that balances by a policy of
	 * this library; completed by the channels' own threads
	 */
	public List<CompletableFuture<BalancingExplanation>> explain(String application, CallRoute route,
			@Nullable String key) {
		return this.balancers.stream()
			.filter((balancer) -> application.equals(balancer.application()))
			.sorted(Comparator.comparing(InstanceLoadBalancer::policyName))
			.map((balancer) -> balancer.explain(route, key))
			.toList();
	}

	/**
	 * Counts what the open channels that balance by a policy of this library have. From
	 * any thread; costs O(instances).
	 * @return by application
	 */
	public Map<String, BalancingCounts> counts() {
		Map<String, BalancingTally> tallies = new TreeMap<>();
		for (InstanceLoadBalancer balancer : this.balancers) {
			String application = balancer.application();
			if (application != null) {
				tallies.computeIfAbsent(application, (name) -> new BalancingTally()).add(balancer.latest());
			}
		}
		Map<String, BalancingCounts> counts = new TreeMap<>();
		tallies.forEach((application, tally) -> counts.put(application, tally.counts(picks(application).sum())));
		return counts;
	}

	/**
	 * Gives an instance another weight than its record says. From any thread; picks a
	 * moment later go by it.
	 * @param application the application
	 * @param instanceId the id of the instance
	 * @param weight its share relative to the others', at least 1; {@code null} for what
	 * its record says
	 */
	public void weigh(String application, String instanceId, @Nullable Integer weight) {
		Map<String, Integer> ofApplication = this.weights.computeIfAbsent(application,
				(name) -> new ConcurrentHashMap<>());
		if (weight != null) {
			ofApplication.put(instanceId, weight);
		}
		else {
			ofApplication.remove(instanceId);
		}
		tellWeights(application);
	}

	/**
	 * Gives the instances of an application the weights that their records say.
	 * @param application the application
	 */
	public void resetWeights(String application) {
		this.weights.remove(application);
		tellWeights(application);
	}

	/**
	 * Returns an instance with the weight that it has for this process.
	 */
	ServiceInstance weighed(ServiceInstance instance) {
		Integer weight = this.weights.getOrDefault(instance.application(), Map.of()).get(instance.id());
		return (weight != null) ? instance.withWeight(weight) : instance;
	}

	private void tellWeights(String application) {
		this.balancers.stream()
			.filter((balancer) -> application.equals(balancer.application()))
			.forEach(InstanceLoadBalancer::weigh);
	}

	LongAdder picks(String application) {
		return this.picks.computeIfAbsent(application, (name) -> new LongAdder());
	}

	ConnectHints hints() {
		return this.hints;
	}

	long now() {
		return this.nanoClock.getAsLong();
	}

	StatisticsStore statistics() {
		return this.statistics;
	}

	List<InstanceFilter> filters(String application) {
		return List.copyOf(this.filters.apply(application));
	}

	@Nullable SlowStart slowStart() {
		return this.slowStart;
	}

	@Nullable OutlierDetector newOutlierDetector() {
		return (this.outliers != null) ? new OutlierDetector(this.outliers, this.nanoClock,
				(bound) -> ThreadLocalRandom.current().nextInt(bound)) : null;
	}

	int panicPercent() {
		return (this.outliers != null) ? this.outliers.panicPercent() : 0;
	}

	long sweepIntervalNanos() {
		return (this.outliers != null) ? this.outliers.interval().toNanos() : 0;
	}

	void add(InstanceLoadBalancer balancer) {
		this.balancers.add(balancer);
	}

	void remove(InstanceLoadBalancer balancer) {
		this.balancers.remove(balancer);
	}

}
