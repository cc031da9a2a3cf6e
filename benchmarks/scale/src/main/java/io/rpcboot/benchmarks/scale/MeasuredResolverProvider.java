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

package io.rpcboot.benchmarks.scale;

import java.net.URI;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.rpcboot.client.balancer.InstanceAttributes;
import io.rpcboot.client.resolver.RpcNameResolverProvider;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * The starter's resolver, with a look at each set after the load balancer has taken it.
 */
final class MeasuredResolverProvider extends NameResolverProvider {

	private final RpcNameResolverProvider resolvers;

	private final Published published;

	MeasuredResolverProvider(RpcNameResolverProvider resolvers, Published published) {
		this.resolvers = resolvers;
		this.published = published;
	}

	@Override
	protected boolean isAvailable() {
		return true;
	}

	@Override
	protected int priority() {
		return 4;
	}

	@Override
	public String getDefaultScheme() {
		return this.resolvers.getDefaultScheme();
	}

	@Override
	public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
		NameResolver resolver = this.resolvers.newNameResolver(target, args);
		return (resolver != null) ? new MeasuredResolver(resolver, this.published) : null;
	}

	private static final class MeasuredResolver extends NameResolver {

		private final NameResolver resolver;

		private final Published published;

		MeasuredResolver(NameResolver resolver, Published published) {
			this.resolver = resolver;
			this.published = published;
		}

		@Override
		public String getServiceAuthority() {
			return this.resolver.getServiceAuthority();
		}

		@Override
		public void start(Listener2 listener) {
			this.resolver.start(new Listener2() {

				@Override
				public void onResult(ResolutionResult result) {
					onResult2(result);
				}

				@Override
				public Status onResult2(ResolutionResult result) {
					Status status = listener.onResult2(result);
					if (result.getAddressesOrError().hasValue()) {
						MeasuredResolver.this.published.publish(new Instances(result.getAddressesOrError().getValue()));
					}
					return status;
				}

				@Override
				public void onError(Status error) {
					listener.onError(error);
				}

			});
		}

		@Override
		public void refresh() {
			this.resolver.refresh();
		}

		@Override
		public void shutdown() {
			this.resolver.shutdown();
		}

	}

	/**
	 * The instances behind address groups, without copying them.
	 */
	private static final class Instances extends AbstractList<ServiceInstance> {

		private final List<EquivalentAddressGroup> groups;

		Instances(List<EquivalentAddressGroup> groups) {
			this.groups = groups;
		}

		@Override
		public ServiceInstance get(int index) {
			return Objects.requireNonNull(this.groups.get(index).getAttributes().get(InstanceAttributes.INSTANCE));
		}

		@Override
		public int size() {
			return this.groups.size();
		}

	}

}
