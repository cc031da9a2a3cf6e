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

import java.net.URI;
import java.util.function.Function;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.registry.RegistryName;
import io.rpcboot.registry.ServiceDiscovery;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code rpc:///application} to the instances of the application. Usable from
 * any grpc-java channel:
 *
 * <pre class="code">
 * NameResolverRegistry registry = new NameResolverRegistry();
 * registry.register(provider);
 * Grpc.newChannelBuilder("rpc:///demo-provider", credentials, registry)
 * </pre>
 */
public final class RpcNameResolverProvider extends NameResolverProvider {

	/**
	 * The scheme of targets: {@code rpc}.
	 */
	public static final String SCHEME = "rpc";

	private final Function<String, ServiceDiscovery> discoveries;

	private final BalancerContext balancing;

	/**
	 * Creates a provider over one discovery.
	 * @param discovery where all applications are looked up
	 * @param balancing what the channels share
	 */
	public RpcNameResolverProvider(ServiceDiscovery discovery, BalancerContext balancing) {
		this((application) -> discovery, balancing);
	}

	/**
	 * Creates a provider that may look each application up elsewhere.
	 * @param discoveries the discovery of an application, by its name
	 * @param balancing what the channels share
	 */
	public RpcNameResolverProvider(Function<String, ServiceDiscovery> discoveries, BalancerContext balancing) {
		this.discoveries = discoveries;
		this.balancing = balancing;
	}

	@Override
	protected boolean isAvailable() {
		return true;
	}

	/**
	 * Below that of {@code dns}, so that a target without a scheme stays what it was.
	 */
	@Override
	protected int priority() {
		return 4;
	}

	@Override
	public String getDefaultScheme() {
		return SCHEME;
	}

	@Override
	public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
		if (!SCHEME.equals(target.getScheme())) {
			return null;
		}
		String path = (target.getPath() != null) ? target.getPath() : "";
		String application = path.startsWith("/") ? path.substring(1) : path;
		if (target.getRawAuthority() != null || target.getRawQuery() != null || target.getRawFragment() != null
				|| !RegistryName.isValid(application)) {
			throw new IllegalArgumentException("target: '" + target + "' (expected: rpc:///application with a name of "
					+ RegistryName.PATTERN + ")");
		}
		return new RpcNameResolver(application, this.discoveries.apply(application), this.balancing, args);
	}

}
