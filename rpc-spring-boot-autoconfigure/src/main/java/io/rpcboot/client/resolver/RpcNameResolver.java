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

package io.rpcboot.client.resolver;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.client.balancer.InstanceAttributes;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands each set of instances to a channel, one address group for an instance. Never puts
 * an error over a good set: once there was one, trouble with the registry is not passed
 * on, and a host name that can no longer be resolved keeps the address it had. That
 * nobody is left is passed on, with a reason that a caller can act on.
 */
final class RpcNameResolver extends NameResolver implements InstanceListener {

	private static final Logger logger = LoggerFactory.getLogger(RpcNameResolver.class);

	/** How many instances a text names: it must not grow with the set. */
	private static final int NAMED_IN_TEXT = 5;

	private final String application;

	private final ServiceDiscovery discovery;

	/** On every result. */
	private final Attributes common;

	private final SynchronizationContext syncContext;

	private final Executor offload;

	private final HostNames names;

	private @Nullable Listener2 listener;

	private @Nullable InstanceWatch watch;

	private List<ServiceInstance> latest = List.of();

	/** Ids of those that leave the subset. */
	private Set<String> leaving = Set.of();

	private List<ServiceInstance> outside = List.of();

	/** Of the last set, by id. */
	private final Map<String, EquivalentAddressGroup> groups = new HashMap<>();

	/** By id; of those that were announced anew at least once. */
	private final Map<String, Integer> announcedAgain = new HashMap<>();

	private boolean lookingUp;

	/** A set without host names was published while an older one was looked up. */
	private boolean overtaken;

	private boolean resolved;

	private boolean shutdown;

	RpcNameResolver(String application, ServiceDiscovery discovery, BalancerContext balancing, Args args) {
		this(application, discovery, balancing, args, new HostNames(InetAddress::getByName));
	}

	RpcNameResolver(String application, ServiceDiscovery discovery, BalancerContext balancing, Args args,
			HostNames names) {
		this.application = application;
		this.discovery = discovery;
		this.common = Attributes.newBuilder()
			.set(InstanceAttributes.APPLICATION, application)
			.set(InstanceAttributes.CONTEXT, balancing)
			.build();
		this.syncContext = args.getSynchronizationContext();
		Executor executor = args.getOffloadExecutor();
		this.offload = (executor != null) ? executor : Runnable::run;
		this.names = names;
	}

	@Override
	public String getServiceAuthority() {
		return this.application;
	}

	@Override
	public void start(Listener2 newListener) {
		this.listener = newListener;
		this.watch = this.discovery.watch(this.application, this);
	}

	@Override
	public void refresh() {
		if (this.watch != null) {
			this.watch.refresh();
		}
		if (!allLiteral(this.latest)) {
			resolveNames();
		}
	}

	@Override
	public void shutdown() {
		this.shutdown = true;
		if (this.watch != null) {
			this.watch.close();
		}
	}

	@Override
	public void onInstances(List<ServiceInstance> instances) {
		onSubset(instances, Set.of(), List.of());
	}

	@Override
	public void onSubset(List<ServiceInstance> instances, Set<String> newLeaving, List<ServiceInstance> newOutside) {
		this.syncContext.execute(() -> {
			this.latest = instances;
			this.leaving = newLeaving;
			this.outside = newOutside;
			forgetAbsent();
			if (allLiteral(instances)) {
				this.overtaken = true;
				publish(instances, addressGroups(instances, Map.of()));
			}
			else {
				resolveNames();
			}
		});
	}

	@Override
	public void onAnnouncedAgain(String id) {
		this.syncContext.execute(() -> this.announcedAgain.merge(id, 1, Integer::sum));
	}

	@Override
	public void onUnavailable(RegistryException reason) {
		logger.debug("The instances of '{}' are not known", this.application, reason);
		this.syncContext.execute(() -> {
			if (!this.resolved) {
				fail("The instances of '" + this.application + "' are not known: " + reason.getMessage() + ". "
						+ ((reason.action() != null) ? reason.action()
								: "Check that the registry runs and can be reached"));
			}
		});
	}

	private void forgetAbsent() {
		if (!this.announcedAgain.isEmpty()) {
			this.announcedAgain.keySet()
				.retainAll(this.latest.stream().map(ServiceInstance::id).collect(Collectors.toSet()));
		}
	}

	/**
	 * A name costs a look-up, which may block: not here. One at a time; what changes
	 * meanwhile is looked up next. What was looked up is published even so: else changes
	 * that come faster than a look-up ends would leave the channel without a set.
	 */
	private void resolveNames() {
		if (this.lookingUp || this.shutdown) {
			return;
		}
		this.lookingUp = true;
		this.overtaken = false;
		List<ServiceInstance> instances = this.latest;
		this.offload.execute(() -> {
			Map<String, InetAddress> found = this.names.lookUp(instances);
			this.syncContext.execute(() -> lookedUp(instances, found));
		});
	}

	@SuppressWarnings("ReferenceEquality") // The very set that was looked up.
	private void lookedUp(List<ServiceInstance> instances, Map<String, InetAddress> found) {
		this.lookingUp = false;
		boolean newest = this.latest == instances;
		if (newest || !this.overtaken) {
			List<EquivalentAddressGroup> resolvable = addressGroups(instances, found);
			// That nobody can be called is not said of a set that is no longer the last.
			if (newest || !resolvable.isEmpty()) {
				publish(instances, resolvable);
			}
		}
		if (!newest && !allLiteral(this.latest)) {
			resolveNames();
		}
	}

	private void publish(List<ServiceInstance> instances, List<EquivalentAddressGroup> groups) {
		if (this.shutdown) {
			return;
		}
		if (groups.isEmpty()) {
			String reason = instances.isEmpty()
					? "No instance of '" + this.application + "' is registered in " + this.discovery.describe()
							+ ". Check that it runs, its spring.application.name, and that both sides use this registry"
					: "No host name of the instances of '" + this.application + "' can be resolved: " + some(instances);
			if (this.resolved) {
				tell(ResolutionResult.newBuilder()
					.setAddressesOrError(StatusOr.fromValue(List.of()))
					.setAttributes(this.common.toBuilder().set(InstanceAttributes.EMPTY_REASON, reason).build())
					.build());
			}
			else {
				fail(reason);
			}
			return;
		}
		this.resolved = true;
		Attributes attributes = this.outside.isEmpty() ? this.common
				: this.common.toBuilder().set(InstanceAttributes.OUTSIDE_SUBSET, this.outside).build();
		tell(ResolutionResult.newBuilder()
			.setAddressesOrError(StatusOr.fromValue(groups))
			.setAttributes(attributes)
			.build());
	}

	/**
	 * The reason is all that is told: gRPC logs the stack of a status's cause with each
	 * failure.
	 */
	private void fail(String reason) {
		if (!this.shutdown) {
			tell(ResolutionResult.newBuilder()
				.setAddressesOrError(StatusOr.fromStatus(Status.UNAVAILABLE.withDescription(reason)))
				.build());
		}
	}

	private void tell(ResolutionResult result) {
		if (this.listener != null) {
			this.listener.onResult2(result);
		}
	}

	private List<EquivalentAddressGroup> addressGroups(List<ServiceInstance> instances,
			Map<String, InetAddress> found) {
		List<EquivalentAddressGroup> groups = new ArrayList<>(instances.size());
		for (ServiceInstance instance : instances) {
			EquivalentAddressGroup group = addressGroup(instance, found.get(instance.host()));
			if (group != null) {
				groups.add(group);
			}
		}
		if (this.groups.size() > groups.size()) {
			this.groups.keySet().retainAll(instances.stream().map(ServiceInstance::id).collect(Collectors.toSet()));
		}
		return groups;
	}

	/**
	 * Makes a group, or finds the one of the last set: most instances of a large set are
	 * what they were.
	 */
	@SuppressWarnings("ReferenceEquality") // The registry tells the same object again.
	private @Nullable EquivalentAddressGroup addressGroup(ServiceInstance instance, @Nullable InetAddress found) {
		EquivalentAddressGroup last = this.groups.get(instance.id());
		if (last != null && found == null && last.getAttributes().get(InstanceAttributes.INSTANCE) == instance
				&& Objects.equals(last.getAttributes().get(InstanceAttributes.ANNOUNCED_AGAIN),
						this.announcedAgain.get(instance.id()))
				&& (last.getAttributes().get(InstanceAttributes.LEAVING) != null) == this.leaving
					.contains(instance.id())) {
			return last;
		}
		InetSocketAddress address = address(instance, found);
		if (address.isUnresolved()) {
			this.groups.remove(instance.id());
			return null;
		}
		EquivalentAddressGroup group = new EquivalentAddressGroup(address, attributes(instance));
		this.groups.put(instance.id(), group);
		return group;
	}

	private Attributes attributes(ServiceInstance instance) {
		Attributes.Builder attributes = Attributes.newBuilder().set(InstanceAttributes.INSTANCE, instance);
		Integer again = this.announcedAgain.get(instance.id());
		if (again != null) {
			attributes.set(InstanceAttributes.ANNOUNCED_AGAIN, again);
		}
		if (this.leaving.contains(instance.id())) {
			attributes.set(InstanceAttributes.LEAVING, true);
		}
		return attributes.build();
	}

	private static InetSocketAddress address(ServiceInstance instance, @Nullable InetAddress found) {
		if (found != null) {
			return new InetSocketAddress(found, instance.port());
		}
		return HostNames.isLiteral(instance.host()) ? new InetSocketAddress(instance.host(), instance.port())
				: InetSocketAddress.createUnresolved(instance.host(), instance.port());
	}

	private static String some(List<ServiceInstance> instances) {
		String named = instances.stream().limit(NAMED_IN_TEXT).map(ServiceInstance::address).toList().toString();
		int others = instances.size() - NAMED_IN_TEXT;
		return (others > 0) ? named + " and " + others + " more" : named;
	}

	private static boolean allLiteral(List<ServiceInstance> instances) {
		return instances.stream().allMatch((instance) -> HostNames.isLiteral(instance.host()));
	}

}
