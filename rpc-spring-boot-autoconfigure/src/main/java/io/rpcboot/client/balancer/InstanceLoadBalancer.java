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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import io.grpc.Attributes;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Status;
import io.grpc.util.MultiChildLoadBalancer;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * One child for each instance, keyed by its id: a process started again on the same port
 * is a new child with a new connection, and waits for no back-off of the old one. Nor
 * does one that was announced anew while its connection had failed: it gets a new child
 * too, since gRPC has no other way to shed the back-off of one connection, which grows to
 * two minutes.
 * <p>
 * Picks among the instances that are connected, SERVING and not about to leave. While
 * there is none, the ones that are still connected and leave, or stopped being healthy
 * only now, are used: a server that drains serves on until others have taken over. That
 * benefit of the doubt ends with the first reply that does not say {@code rpc-drain}.
 * <p>
 * The only class that touches grpc-java's internal {@code MultiChildLoadBalancer}; the
 * tests of this package guard an upgrade.
 */
final class InstanceLoadBalancer extends MultiChildLoadBalancer {

	/**
	 * How many instances the text of a failed call names: it must not grow with the set.
	 */
	private static final int NAMED_FAILURES = 5;

	private final Function<List<PickResult>, SubchannelPicker> pickers;

	private Map<Object, ServiceInstance> instances = new HashMap<>();

	/** The keys of the children of those that were announced anew, by id. */
	private Map<String, ChildKey> renewed = new HashMap<>();

	private List<PickResult> published = List.of();

	/** Why there is nobody; set while the resolver says so. */
	private @Nullable Status empty;

	InstanceLoadBalancer(Helper helper, Function<List<PickResult>, SubchannelPicker> pickers) {
		super(helper);
		this.pickers = pickers;
	}

	@Override
	public Status acceptResolvedAddresses(ResolvedAddresses resolved) {
		if (resolved.getAddresses().isEmpty()) {
			return empty(resolved.getAttributes().get(InstanceAttributes.EMPTY_REASON));
		}
		this.empty = null;
		return super.acceptResolvedAddresses(resolved);
	}

	@Override
	protected Map<Object, ResolvedAddresses> createChildAddressesMap(ResolvedAddresses resolved) {
		Map<Object, ResolvedAddresses> children = new LinkedHashMap<>();
		Map<Object, ServiceInstance> next = new HashMap<>();
		Map<String, ChildKey> nextRenewed = new HashMap<>();
		Set<Object> connected = connectedKeys(resolved.getAddresses());
		for (EquivalentAddressGroup group : resolved.getAddresses()) {
			ServiceInstance instance = group.getAttributes().get(InstanceAttributes.INSTANCE);
			Object key = (instance != null) ? key(instance.id(), group, connected, nextRenewed) : new Endpoint(group);
			if (instance != null) {
				next.put(key, instance);
			}
			children.put(key,
					resolved.toBuilder()
						.setAddresses(List.of(group))
						.setAttributes(Attributes.newBuilder().set(IS_PETIOLE_POLICY, true).build())
						.setLoadBalancingPolicyConfig(null)
						.build());
		}
		this.instances = next;
		this.renewed = nextRenewed;
		return children;
	}

	private Object key(String id, EquivalentAddressGroup group, Set<Object> connected,
			Map<String, ChildKey> nextRenewed) {
		Integer announced = group.getAttributes().get(InstanceAttributes.ANNOUNCED_AGAIN);
		if (announced == null) {
			return id;
		}
		ChildKey last = this.renewed.get(id);
		if (last == null || last.announced() != announced) {
			Object current = (last != null) ? last.child() : id;
			last = new ChildKey(announced, connected.contains(current) ? current : id + "#" + announced);
		}
		nextRenewed.put(id, last);
		return last.child();
	}

	/**
	 * Collected once for a set, since all of a large one may be announced anew at once;
	 * and only for a set in which an instance was.
	 */
	private Set<Object> connectedKeys(List<EquivalentAddressGroup> groups) {
		if (groups.stream()
			.allMatch((group) -> group.getAttributes().get(InstanceAttributes.ANNOUNCED_AGAIN) == null)) {
			return Set.of();
		}
		Set<Object> connected = new HashSet<>();
		for (ChildLbState child : getChildLbStates()) {
			if (((InstanceChild) child).connected) {
				connected.add(child.getKey());
			}
		}
		return connected;
	}

	@Override
	protected ChildLbState createChildLbState(Object key) {
		return new InstanceChild(key);
	}

	@Override
	protected void updateOverallBalancingState() {
		if (this.empty != null) {
			// A reply of an instance that is gone: it brings nobody back.
			publishFailure(this.empty);
			return;
		}
		List<PickResult> serving = new ArrayList<>();
		List<PickResult> lastResort = new ArrayList<>();
		boolean connecting = false;
		for (ChildLbState state : getChildLbStates()) {
			InstanceChild child = (InstanceChild) state;
			boolean draining = isDraining(child);
			if (child.isServing() && !draining) {
				serving.add(child.result);
			}
			else if (child.isUsableAtLast(draining)) {
				lastResort.add(child.doubtfulResult);
			}
			connecting |= child.getCurrentState() == ConnectivityState.CONNECTING
					|| child.getCurrentState() == ConnectivityState.IDLE;
		}
		if (!serving.isEmpty() || !lastResort.isEmpty()) {
			publish(serving.isEmpty() ? lastResort : serving);
		}
		else if (connecting) {
			publishWaiting();
		}
		else {
			publishFailure(Status.UNAVAILABLE.withDescription(describeFailures()));
		}
	}

	private Status empty(@Nullable String reason) {
		Status status = Status.UNAVAILABLE
			.withDescription((reason != null) ? reason : "No instance of " + getHelper().getAuthority() + " is known");
		this.empty = status;
		publishFailure(status);
		this.instances = new HashMap<>();
		// Ends the children and empties the collection; calls in flight go on.
		super.shutdown();
		return status;
	}

	private boolean isDraining(InstanceChild child) {
		ServiceInstance instance = this.instances.get(child.getKey());
		return child.saidDrain || (instance != null && instance.state() == InstanceState.DRAINING);
	}

	private void publish(List<PickResult> results) {
		this.currentConnectivityState = ConnectivityState.READY;
		if (!results.equals(this.published)) {
			this.published = results;
			getHelper().updateBalancingState(ConnectivityState.READY, this.pickers.apply(results));
		}
	}

	private void publishWaiting() {
		this.published = List.of();
		this.currentConnectivityState = ConnectivityState.CONNECTING;
		getHelper().updateBalancingState(ConnectivityState.CONNECTING,
				new FixedResultPicker(PickResult.withNoResult()));
	}

	private void publishFailure(Status status) {
		this.published = List.of();
		this.currentConnectivityState = ConnectivityState.TRANSIENT_FAILURE;
		getHelper().updateBalancingState(ConnectivityState.TRANSIENT_FAILURE,
				new FixedResultPicker(PickResult.withError(status)));
	}

	private String describeFailures() {
		StringBuilder text = new StringBuilder("No instance of ").append(getHelper().getAuthority())
			.append(" can be called:");
		int named = 0;
		for (ChildLbState child : getChildLbStates()) {
			if (named == NAMED_FAILURES) {
				text.append(" and ").append(getChildLbStates().size() - named).append(" more");
				break;
			}
			named++;
			ServiceInstance instance = this.instances.get(child.getKey());
			text.append(' ')
				.append((instance != null) ? instance.address() : child.getKey())
				.append(" (")
				.append(((InstanceChild) child).describe())
				.append(')');
		}
		return text.toString();
	}

	/**
	 * What gRPC says of a connection ("io exception") hides the reason in the cause.
	 */
	private static String text(Status status) {
		String description = String.valueOf(status.getDescription());
		Throwable cause = status.getCause();
		return (cause != null && cause.getMessage() != null) ? description + ": " + cause.getMessage() : description;
	}

	/**
	 * Which child stands for an instance that was announced anew.
	 *
	 * @param announced how often it was
	 * @param child the key of the child
	 */
	private record ChildKey(int announced, Object child) {

	}

	/**
	 * An instance and its connection, confined to gRPC's synchronization context.
	 */
	private final class InstanceChild extends ChildLbState implements ConnectionListener {

		private @Nullable PickResult result;

		private @Nullable PickResult doubtfulResult;

		private boolean connected;

		/** Health said SERVING on this connection, and no reply has contradicted. */
		private boolean served;

		private boolean saidDrain;

		private String failure = "not connected yet";

		InstanceChild(Object key) {
			super(key, InstanceLoadBalancer.this.pickFirstLbProvider);
		}

		@Override
		protected ChildLbStateHelper createChildHelper() {
			return new InstanceHelper();
		}

		@Override
		public void onConnectionState(ConnectivityStateInfo state) {
			this.connected = state.getState() == ConnectivityState.READY;
			if (!this.connected) {
				this.served = false;
				this.saidDrain = false;
			}
			if (state.getState() == ConnectivityState.TRANSIENT_FAILURE) {
				this.failure = text(state.getStatus());
			}
		}

		boolean isServing() {
			return this.result != null && getCurrentState() == ConnectivityState.READY;
		}

		boolean isUsableAtLast(boolean draining) {
			return this.doubtfulResult != null && this.connected && (this.served || draining);
		}

		String describe() {
			return this.connected ? "connected, but its health says NOT_SERVING" : this.failure;
		}

		private void replied(boolean leaving) {
			if (leaving) {
				this.saidDrain = this.connected;
			}
			else if (getCurrentState() != ConnectivityState.READY) {
				// It does not leave, it is not healthy.
				this.served = false;
			}
			updateOverallBalancingState();
		}

		private void onReply(boolean leaving) {
			getHelper().getSynchronizationContext().execute(() -> replied(leaving));
		}

		private final class InstanceHelper extends ChildLbStateHelper {

			@Override
			public Subchannel createSubchannel(CreateSubchannelArgs args) {
				InstanceChild child = InstanceChild.this;
				Subchannel subchannel = super.createSubchannel(
						args.toBuilder().addOption(ConnectionListener.KEY, child).build());
				child.result = PickResult.withSubchannel(subchannel, DrainTracer.sure(child::onReply));
				child.doubtfulResult = PickResult.withSubchannel(subchannel, DrainTracer.doubtful(child::onReply));
				return subchannel;
			}

			@Override
			public void updateBalancingState(ConnectivityState newState, SubchannelPicker newPicker) {
				if (newState == ConnectivityState.READY) {
					InstanceChild.this.served = true;
				}
				super.updateBalancingState(newState, newPicker);
				if (newState == ConnectivityState.IDLE && !InstanceLoadBalancer.this.resolvingAddresses) {
					getLb().requestConnection();
				}
			}

		}

	}

}
