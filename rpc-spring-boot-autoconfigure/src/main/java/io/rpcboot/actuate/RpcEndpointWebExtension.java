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

package io.rpcboot.actuate;

import java.util.List;
import java.util.Set;

import io.rpcboot.actuate.RpcDescriptor.Application;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Decides of each HTTP request whether its user may see values.
 */
@EndpointWebExtension(endpoint = RpcEndpoint.class)
public final class RpcEndpointWebExtension {

	private final RpcEndpoint endpoint;

	private final Show showValues;

	private final Set<String> roles;

	/**
	 * Creates the extension.
	 * @param endpoint the endpoint
	 * @param showValues who sees values
	 * @param roles the roles of those who do when authorized; empty for all users
	 */
	public RpcEndpointWebExtension(RpcEndpoint endpoint, Show showValues, Set<String> roles) {
		this.endpoint = endpoint;
		this.showValues = showValues;
		this.roles = roles;
	}

	/**
	 * Tells everything.
	 * @param securityContext who asks
	 * @return what is known at this moment
	 */
	@ReadOperation
	public RpcDescriptor rpc(SecurityContext securityContext) {
		return this.endpoint.rpc(this.showValues.isShown(securityContext, this.roles));
	}

	/**
	 * Explains where a call to an application would go.
	 * @param securityContext who asks
	 * @param application the application
	 * @param policy the load balancing policy; {@code null} for that of the channel
	 * @param lane the lane that the call is in
	 * @param tenant the tenant for whom it is made
	 * @param version the version that it asks for
	 * @param tags tags that an instance must have, each {@code name=value}
	 * @param hashKey the hash key of the call, as a text, under a policy that places by
	 * key; {@code null} for none
	 * @return the application; {@code null}, which is answered by 404, if no reference
	 * names it
	 */
	@ReadOperation
	public @Nullable Application application(SecurityContext securityContext, @Selector String application,
			@Nullable String policy, @Nullable String lane, @Nullable String tenant, @Nullable String version,
			@Nullable List<String> tags, @Nullable String hashKey) {
		return this.endpoint.application(application, RpcEndpoint.route(policy, lane, tenant, version, tags), hashKey,
				this.showValues.isShown(securityContext, this.roles));
	}

}
