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

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
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
 * on. That nobody is left is passed on, with a reason that a caller can act on.
 */
final class RpcNameResolver extends NameResolver implements InstanceListener {

	private static final Logger logger = LoggerFactory.getLogger(RpcNameResolver.class);

	private final String application;

	private final ServiceDiscovery discovery;

	private final SynchronizationContext syncContext;

	private final Executor offload;

	private @Nullable Listener2 listener;

	private @Nullable InstanceWatch watch;

	private List<ServiceInstance> latest = List.of();

	private boolean resolved;

	private boolean shutdown;

	RpcNameResolver(String application, ServiceDiscovery discovery, Args args) {
		this.application = application;
		this.discovery = discovery;
		this.syncContext = args.getSynchronizationContext();
		Executor executor = args.getOffloadExecutor();
		this.offload = (executor != null) ? executor : Runnable::run;
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
		if (!this.latest.stream().allMatch((instance) -> isLiteral(instance.host()))) {
			resolveNames(this.latest);
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
		this.syncContext.execute(() -> {
			this.latest = instances;
			if (instances.stream().allMatch((instance) -> isLiteral(instance.host()))) {
				publish(instances, addressGroups(instances));
			}
			else {
				resolveNames(instances);
			}
		});
	}

	@Override
	public void onUnavailable(RegistryException reason) {
		this.syncContext.execute(() -> {
			if (!this.resolved) {
				fail("The instances of '" + this.application + "' are not known: " + reason.getMessage()
						+ ". Check that the registry runs and can be reached", reason);
			}
		});
	}

	/**
	 * A name costs a look-up, which may block: not here.
	 */
	private void resolveNames(List<ServiceInstance> instances) {
		this.offload.execute(() -> {
			List<EquivalentAddressGroup> groups = addressGroups(instances);
			this.syncContext.execute(() -> {
				if (this.latest == instances) {
					publish(instances, groups);
				}
			});
		});
	}

	private void publish(List<ServiceInstance> instances, List<EquivalentAddressGroup> groups) {
		if (this.shutdown) {
			return;
		}
		if (groups.isEmpty()) {
			String reason = instances.isEmpty()
					? "No instance of '" + this.application + "' is registered in " + this.discovery.describe()
							+ ". Check that it runs, its spring.application.name, and that both sides use this registry"
					: "No host name of the instances of '" + this.application + "' can be resolved: "
							+ instances.stream().map(ServiceInstance::address).toList();
			if (this.resolved) {
				tell(ResolutionResult.newBuilder()
					.setAddressesOrError(StatusOr.fromValue(List.of()))
					.setAttributes(Attributes.newBuilder().set(InstanceAttributes.EMPTY_REASON, reason).build())
					.build());
			}
			else {
				fail(reason, null);
			}
			return;
		}
		this.resolved = true;
		tell(ResolutionResult.newBuilder().setAddressesOrError(StatusOr.fromValue(groups)).build());
	}

	private void fail(String reason, @Nullable Throwable cause) {
		if (!this.shutdown) {
			tell(ResolutionResult.newBuilder()
				.setAddressesOrError(StatusOr.fromStatus(Status.UNAVAILABLE.withDescription(reason).withCause(cause)))
				.build());
		}
	}

	private void tell(ResolutionResult result) {
		if (this.listener != null) {
			this.listener.onResult2(result);
		}
	}

	private List<EquivalentAddressGroup> addressGroups(List<ServiceInstance> instances) {
		List<EquivalentAddressGroup> groups = new ArrayList<>(instances.size());
		for (ServiceInstance instance : instances) {
			InetSocketAddress address = new InetSocketAddress(instance.host(), instance.port());
			if (address.isUnresolved()) {
				logger.warn("The host name of {} {} cannot be resolved; it is left out", this.application,
						instance.address());
			}
			else {
				groups.add(new EquivalentAddressGroup(address,
						Attributes.newBuilder().set(InstanceAttributes.INSTANCE, instance).build()));
			}
		}
		return groups;
	}

	private static boolean isLiteral(String host) {
		return host.indexOf(':') >= 0 || host.chars().allMatch((c) -> c == '.' || Character.isDigit(c));
	}

}
