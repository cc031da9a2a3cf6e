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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.grpc.Attributes;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Status;
import io.grpc.util.MultiChildLoadBalancer;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.client.routing.InstanceFilter;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * One child for each connection of an instance (one, unless more are set), keyed by the
 * instance's id: a process started again on the same port is a new child with a new
 * connection, and waits for no back-off of the old one. Nor does one that was announced
 * anew while its connection had failed: it gets a new child too, since gRPC has no other
 * way to shed the back-off of one connection, which grows to two minutes.
 * <p>
 * Calls go to the instances that are connected, SERVING, not about to leave and not
 * ejected. While there is none, the ones that are still connected and leave, or stopped
 * being healthy only now, are used: a server that drains serves on until others have
 * taken over. That benefit of the doubt ends with the first reply that does not say
 * {@code rpc-drain}.
 * <p>
 * An instance that leaves the consumer's subset keeps its connection until all that are
 * in it serve.
 * <p>
 * The only class that touches grpc-java's internal {@code MultiChildLoadBalancer}; the
 * tests of this package guard an upgrade.
 */
final class InstanceLoadBalancer extends MultiChildLoadBalancer {

	/**
	 * How many instances the text of a failed call names: it must not grow with the set.
	 */
	private static final int NAMED_FAILURES = 5;

	private static final Attributes CHILD = Attributes.newBuilder().set(IS_PETIOLE_POLICY, true).build();

	private final String defaultPolicy;

	private final Upkeep upkeep;

	private String policy;

	private volatile @Nullable String application;

	private @Nullable BalancerContext context;

	private List<InstanceFilter> filters = List.of();

	private final ChildPlan plan;

	/** By the key of the instance. */
	private final Map<Object, InstanceConnection> connections = new HashMap<>();

	/** To each instance, as the first config says. */
	private int connectionsEach = 1;

	private final Departures departures = new Departures();

	private @Nullable ResolvedAddresses resolved;

	private PickSet published = PickSet.EMPTY;

	/** For counts, read by any thread. */
	private volatile PickSet latest = PickSet.EMPTY;

	private @Nullable InstancePicker picker;

	/** A record or a weight has changed since the last picker was made. */
	private boolean recordsChanged;

	/** Why there is nobody; set while the resolver says so. */
	private @Nullable Status empty;

	/**
	 * Creates a load balancer.
	 * @param helper gRPC's
	 * @param policy the policy of calls that name none
	 */
	InstanceLoadBalancer(Helper helper, String policy) {
		super(helper);
		this.defaultPolicy = policy;
		this.policy = policy;
		this.upkeep = new Upkeep(helper, this::refresh);
		this.plan = new ChildPlan(helper.getAuthority());
	}

	@Override
	public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
		enter(addresses);
		if (addresses.getAddresses().isEmpty()) {
			return empty(addresses.getAttributes().get(InstanceAttributes.EMPTY_REASON));
		}
		this.empty = null;
		this.resolved = addresses;
		this.recordsChanged = true;
		return super.acceptResolvedAddresses(addresses);
	}

	@Override
	public void shutdown() {
		this.upkeep.stop();
		context().remove(this);
		super.shutdown();
	}

	@Nullable String application() {
		return this.application;
	}

	String policyName() {
		return this.policy;
	}

	PickSet latest() {
		return this.latest;
	}

	/**
	 * Takes the weights that somebody has changed by hand. From any thread.
	 */
	void weigh() {
		getHelper().getSynchronizationContext().execute(() -> {
			this.connections.forEach((key, connection) -> connection.update(weighed(key)));
			this.recordsChanged = true;
			refresh();
		});
	}

	CompletableFuture<BalancingExplanation> explain(CallRoute route, @Nullable String key) {
		CompletableFuture<BalancingExplanation> explanation = new CompletableFuture<>();
		getHelper().getSynchronizationContext().execute(() -> {
			try {
				Selections selections = selections(PickSet.of(connections(), this.upkeep.outliers(), panicPercent()));
				explanation.complete(new Explanations(selections, this.upkeep.outliers(), outsideSubset())
					.of(String.valueOf(this.application), route, key, failure()));
			}
			catch (RuntimeException ex) {
				explanation.completeExceptionally(ex);
			}
		});
		return explanation;
	}

	/**
	 * {@inheritDoc} A child that is connected to what it was told before is told nothing:
	 * of thousands hardly any changes at a time, and gRPC takes {@code null} for that.
	 */
	@Override
	@SuppressWarnings("ReferenceEquality") // The resolver tells the same object again.
	protected Map<Object, @Nullable ResolvedAddresses> createChildAddressesMap(ResolvedAddresses addresses) {
		Map<Object, EquivalentAddressGroup> before = this.plan.groups();
		Map<Object, EquivalentAddressGroup> groups = this.plan.plan(addresses.getAddresses(), this::isConnected,
				this::isServing);
		Map<Object, @Nullable ResolvedAddresses> children = new LinkedHashMap<>(
				groups.size() * this.connectionsEach * 2);
		groups.forEach((key, group) -> {
			InstanceConnection connection = this.connections.get(key);
			boolean same = before.get(key) == group;
			if (connection != null && !same) {
				connection.update(weighed(key));
			}
			for (int number = 0; number < this.connectionsEach; number++) {
				boolean settled = same && connection != null && connection.subchannels().get(number).isConnected();
				children.put(new ConnectionKey(key, number), settled ? null : ofChild(addresses, group));
			}
		});
		if (!before.keySet().equals(groups.keySet())) {
			this.upkeep.retain(this.plan.instances().values());
		}
		return children;
	}

	private static ResolvedAddresses ofChild(ResolvedAddresses addresses, EquivalentAddressGroup group) {
		return addresses.toBuilder()
			.setAddresses(List.of(group))
			.setAttributes(CHILD)
			.setLoadBalancingPolicyConfig(null)
			.build();
	}

	@Override
	protected ChildLbState createChildLbState(Object key) {
		return new InstanceChild((ConnectionKey) key);
	}

	@Override
	protected void updateOverallBalancingState() {
		if (this.empty != null) {
			// A reply of an instance that is gone: it brings nobody back.
			publishFailure(this.empty);
			return;
		}
		PickSet set = PickSet.of(connections(), this.upkeep.outliers(), panicPercent());
		this.latest = set;
		this.recordsChanged |= this.upkeep.weigh(set.usable());
		if (!set.usable().isEmpty()) {
			publish(set);
		}
		else if (!set.connecting().isEmpty()) {
			publishWaiting();
		}
		else {
			publishFailure(Status.UNAVAILABLE.withDescription(describeFailures()));
		}
		if (!this.resolvingAddresses && this.plan.isSettled(this::isServing)) {
			getHelper().getSynchronizationContext().execute(this::dropLeaving);
		}
	}

	/**
	 * Returns the newest record of a child, with the weight that it has here.
	 */
	private @Nullable ServiceInstance weighed(Object key) {
		ServiceInstance instance = this.plan.instances().get(key);
		return (instance != null) ? context().weighed(instance) : null;
	}

	private void enter(ResolvedAddresses addresses) {
		PolicyConfig config = (addresses.getLoadBalancingPolicyConfig() instanceof PolicyConfig given) ? given : null;
		if (this.context == null) {
			this.connectionsEach = (config != null) ? config.connections() : 1;
			BalancerContext shared = addresses.getAttributes().get(InstanceAttributes.CONTEXT);
			this.context = (shared != null) ? shared : BalancerContext.standard();
			this.upkeep.start(this.context);
			String told = addresses.getAttributes().get(InstanceAttributes.APPLICATION);
			String name = (told != null) ? told : getHelper().getAuthority();
			this.application = name;
			this.filters = this.context.filters(name);
			this.context.add(this);
		}
		this.policy = (config != null) ? config.policy() : this.defaultPolicy;
	}

	private BalancerContext context() {
		return (this.context != null) ? this.context : BalancerContext.standard();
	}

	/**
	 * An ejection or the share of a new instance may have changed.
	 */
	private void refresh() {
		if (!getChildLbStates().isEmpty()) {
			updateOverallBalancingState();
		}
	}

	private Status empty(@Nullable String reason) {
		Status status = Status.UNAVAILABLE
			.withDescription((reason != null) ? reason : "No instance of " + getHelper().getAuthority() + " is known");
		this.empty = status;
		this.latest = PickSet.EMPTY;
		publishFailure(status);
		this.plan.clear();
		this.resolved = null;
		// Ends the children and empties the collection; calls in flight go on.
		super.shutdown();
		return status;
	}

	private boolean isConnected(Object key) {
		InstanceConnection connection = this.connections.get(key);
		return connection != null && connection.isConnected();
	}

	private boolean isServing(Object key) {
		InstanceConnection connection = this.connections.get(key);
		return connection != null && connection.isServing();
	}

	private void dropLeaving() {
		if (this.resolved != null && this.empty == null && this.plan.isSettled(this::isServing)) {
			this.recordsChanged = true;
			super.acceptResolvedAddresses(this.resolved);
		}
	}

	private List<InstanceConnection> connections() {
		List<InstanceConnection> connections = new ArrayList<>(this.connections.size());
		for (ChildLbState child : getChildLbStates()) {
			if (((InstanceChild) child).isFirst()) {
				connections.add(((InstanceChild) child).connection);
			}
		}
		return connections;
	}

	private int panicPercent() {
		return context().panicPercent();
	}

	private Selections selections(PickSet set) {
		return new Selections(getHelper().getAuthority(), this.policy, context(), this.filters, set);
	}

	private void publish(PickSet set) {
		this.currentConnectivityState = ConnectivityState.READY;
		if (this.recordsChanged || !set.hasSameMembersAs(this.published)) {
			this.recordsChanged = false;
			this.published = set;
			if (this.picker != null) {
				this.picker.refresh();
			}
			this.picker = new InstancePicker(selections(set), this.departures, this.picker);
			getHelper().updateBalancingState(ConnectivityState.READY, this.picker);
		}
		else if (this.connectionsEach > 1 && this.picker != null) {
			// A call that was given a connection at the moment of its loss waits for
			// that.
			getHelper().updateBalancingState(ConnectivityState.READY, this.picker);
		}
	}

	private void publishWaiting() {
		this.published = PickSet.EMPTY;
		this.currentConnectivityState = ConnectivityState.CONNECTING;
		getHelper().updateBalancingState(ConnectivityState.CONNECTING,
				new FixedResultPicker(PickResult.withNoResult()));
	}

	private void publishFailure(Status status) {
		this.published = PickSet.EMPTY;
		this.currentConnectivityState = ConnectivityState.TRANSIENT_FAILURE;
		getHelper().updateBalancingState(ConnectivityState.TRANSIENT_FAILURE,
				new FixedResultPicker(PickResult.withError(status)));
	}

	private @Nullable String failure() {
		return switch (this.currentConnectivityState) {
			case READY -> null;
			case TRANSIENT_FAILURE -> (this.empty != null) ? this.empty.getDescription() : describeFailures();
			default -> "not connected yet";
		};
	}

	private String describeFailures() {
		StringBuilder text = new StringBuilder("No instance of ").append(getHelper().getAuthority())
			.append(" can be called:");
		int named = 0;
		List<InstanceConnection> present = connections();
		for (InstanceConnection connection : present) {
			if (named == NAMED_FAILURES) {
				text.append(" and ").append(present.size() - named).append(" more");
				break;
			}
			named++;
			text.append(' ')
				.append(connection.instance().address())
				.append(" (")
				.append(connection.describe())
				.append(')');
		}
		return text.toString();
	}

	/**
	 * Those that were never in the subset, and those that have left it.
	 */
	private List<ServiceInstance> outsideSubset() {
		if (this.resolved == null) {
			return List.of();
		}
		List<ServiceInstance> outside = new ArrayList<>();
		List<ServiceInstance> never = this.resolved.getAttributes().get(InstanceAttributes.OUTSIDE_SUBSET);
		outside.addAll((never != null) ? never : List.of());
		for (EquivalentAddressGroup group : this.resolved.getAddresses()) {
			ServiceInstance instance = group.getAttributes().get(InstanceAttributes.INSTANCE);
			if (instance != null && !this.plan.instances().containsValue(instance)) {
				outside.add(instance);
			}
		}
		outside.replaceAll(context()::weighed);
		return outside;
	}

	/**
	 * What keeps one connection of an instance.
	 */
	private final class InstanceChild extends ChildLbState {

		private final InstanceConnection connection;

		private final InstanceSubchannel subchannel;

		InstanceChild(ConnectionKey key) {
			super(key, InstanceLoadBalancer.this.pickFirstLbProvider);
			this.connection = InstanceLoadBalancer.this.connections.computeIfAbsent(key.instance(), this::open);
			this.subchannel = this.connection.subchannels().get(key.number());
		}

		private InstanceConnection open(Object instance) {
			return InstanceLoadBalancer.this.upkeep.connection(
					Objects.requireNonNull(weighed(instance), "a child without an instance"),
					InstanceLoadBalancer.this::updateOverallBalancingState, InstanceLoadBalancer.this.connectionsEach);
		}

		boolean isFirst() {
			return ((ConnectionKey) getKey()).number() == 0;
		}

		@Override
		protected ChildLbStateHelper createChildHelper() {
			return new InstanceHelper();
		}

		@Override
		protected void shutdown() {
			// The connections of an instance end together.
			if (isFirst()) {
				InstanceLoadBalancer.this.connections.remove(((ConnectionKey) getKey()).instance(), this.connection);
				InstanceLoadBalancer.this.departures.add(this.connection.instance());
				InstanceLoadBalancer.this.upkeep.release(this.connection);
			}
			super.shutdown();
		}

		private final class InstanceHelper extends ChildLbStateHelper {

			@Override
			public Subchannel createSubchannel(CreateSubchannelArgs args) {
				return super.createSubchannel(
						args.toBuilder().addOption(ConnectionListener.KEY, InstanceChild.this.subchannel).build());
			}

			@Override
			public void updateBalancingState(ConnectivityState newState, SubchannelPicker newPicker) {
				InstanceChild.this.subchannel.onState(newState, context().now());
				super.updateBalancingState(newState, newPicker);
				if (newState == ConnectivityState.IDLE && !InstanceLoadBalancer.this.resolvingAddresses) {
					getLb().requestConnection();
				}
			}

		}

	}

}
