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

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.grpc.EquivalentAddressGroup;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;

/**
 * Which children there are to be for a set of addresses: one for each instance, keyed by
 * its id, or by another key once it was announced anew while its connection had failed.
 * Of several connections to an instance all must have: while one is up, the others are
 * dialed again by the back-off that they have. An instance that leaves the subset keeps
 * its child until all that stay serve, and gets none.
 */
final class ChildPlan {

	private final String application;

	private Map<Object, ServiceInstance> instances = new HashMap<>();

	private Map<Object, EquivalentAddressGroup> groups = new HashMap<>();

	private Set<Object> leaving = new HashSet<>();

	/** The keys of the children of those that were announced anew, by id. */
	private Map<String, ChildKey> renewed = new HashMap<>();

	/**
	 * Creates a plan.
	 * @param application what an address of another resolver than ours belongs to
	 */
	ChildPlan(String application) {
		this.application = application;
	}

	/**
	 * Plans anew.
	 * @param groups the addresses
	 * @param connected whether the child of a key is connected
	 * @param serving whether the child of a key serves
	 * @return the address of each child, by key; the same objects as before of those that
	 * have not changed
	 */
	Map<Object, EquivalentAddressGroup> plan(List<EquivalentAddressGroup> groups, Predicate<Object> connected,
			Predicate<Object> serving) {
		Map<Object, EquivalentAddressGroup> children = new LinkedHashMap<>();
		Map<Object, ServiceInstance> next = new HashMap<>();
		Map<String, ChildKey> nextRenewed = new HashMap<>();
		Set<Object> nextLeaving = new HashSet<>();
		boolean settled = true;
		for (EquivalentAddressGroup group : groups) {
			ServiceInstance instance = instance(group);
			Object key = key(instance.id(), group, connected, nextRenewed);
			boolean leaves = Boolean.TRUE.equals(group.getAttributes().get(InstanceAttributes.LEAVING));
			settled &= leaves || instance.state() == InstanceState.DRAINING || serving.test(key);
			if (!leaves || this.instances.containsKey(key)) {
				children.put(key, group);
				next.put(key, instance);
				nextLeaving.addAll(leaves ? List.of(key) : List.of());
			}
		}
		if (settled && nextLeaving.size() < children.size()) {
			children.keySet().removeAll(nextLeaving);
			next.keySet().removeAll(nextLeaving);
			nextLeaving.clear();
		}
		this.instances = next;
		this.groups = children;
		this.leaving = nextLeaving;
		this.renewed = nextRenewed;
		return children;
	}

	void clear() {
		this.instances = new HashMap<>();
		this.groups = new HashMap<>();
		this.leaving = new HashSet<>();
	}

	Map<Object, ServiceInstance> instances() {
		return this.instances;
	}

	/**
	 * Returns the address of each child by the last plan.
	 */
	Map<Object, EquivalentAddressGroup> groups() {
		return this.groups;
	}

	/**
	 * Returns whether somebody leaves who need not be kept any more.
	 * @param serving whether the child of a key serves
	 */
	boolean isSettled(Predicate<Object> serving) {
		return !this.leaving.isEmpty() && this.instances.entrySet()
			.stream()
			.allMatch((child) -> this.leaving.contains(child.getKey())
					|| child.getValue().state() == InstanceState.DRAINING || serving.test(child.getKey()));
	}

	private Object key(String id, EquivalentAddressGroup group, Predicate<Object> connected,
			Map<String, ChildKey> nextRenewed) {
		Integer announced = group.getAttributes().get(InstanceAttributes.ANNOUNCED_AGAIN);
		if (announced == null) {
			return id;
		}
		ChildKey last = this.renewed.get(id);
		if (last == null || last.announced() != announced) {
			Object current = (last != null) ? last.child() : id;
			last = new ChildKey(announced, connected.test(current) ? current : id + "#" + announced);
		}
		nextRenewed.put(id, last);
		return last.child();
	}

	/**
	 * An address of another resolver than ours is an instance of which no more is known.
	 */
	private ServiceInstance instance(EquivalentAddressGroup group) {
		ServiceInstance instance = group.getAttributes().get(InstanceAttributes.INSTANCE);
		if (instance != null) {
			return instance;
		}
		SocketAddress address = group.getAddresses().get(0);
		String id = group.getAddresses().toString();
		return (address instanceof InetSocketAddress inet && inet.getPort() > 0)
				? ServiceInstance.of(id, this.application, inet.getHostString(), inet.getPort())
				: ServiceInstance.of(id, this.application, id, 1);
	}

	/**
	 * Which child stands for an instance that was announced anew.
	 *
	 * @param announced how often it was
	 * @param child the key of the child
	 */
	private record ChildKey(int announced, Object child) {

	}

}
