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

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.rpcboot.actuate.RpcDescriptor.Application;
import io.rpcboot.actuate.RpcDescriptor.Registration;
import io.rpcboot.client.ReferenceDescription;
import io.rpcboot.client.RpcReferences;
import io.rpcboot.client.Setting;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.server.RpcServerLifecycle;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The endpoint {@code rpc}: what is served, who is called and why, how the registry
 * stands; takes this process out of the registry and brings it back, and changes timeouts
 * and weights at run time. Read-only unless its access is set to unrestricted. Operations
 * wait for channels and the registry for some seconds at most.
 */
@Endpoint(id = "rpc", defaultAccess = Access.READ_ONLY)
public final class RpcEndpoint {

	private final @Nullable RpcServerLifecycle server;

	private final @Nullable RpcReferences references;

	private final ServiceDiscovery discovery;

	private final Function<String, Map<String, Setting<?>>> guards;

	private final ConfigurableEnvironment environment;

	private final Sanitizer sanitizer;

	private final Show showValues;

	/**
	 * Creates the endpoint.
	 * @param server the server; {@code null} if there is none
	 * @param references the references; {@code null} if there are none
	 * @param discovery the registry
	 * @param guards what holds for an application besides what is decided by call, by the
	 * last part of the property; that begins with {@code methods[...].} for what holds
	 * for one method or service only
	 * @param environment where properties are set
	 * @param sanitizing have the last word on values
	 * @param showValues who sees values at all
	 */
	public RpcEndpoint(@Nullable RpcServerLifecycle server, @Nullable RpcReferences references,
			ServiceDiscovery discovery, Function<String, Map<String, Setting<?>>> guards,
			ConfigurableEnvironment environment, Iterable<SanitizingFunction> sanitizing, Show showValues) {
		this.server = server;
		this.references = references;
		this.discovery = discovery;
		this.guards = guards;
		this.environment = environment;
		this.sanitizer = new Sanitizer(sanitizing);
		this.showValues = showValues;
	}

	/**
	 * Tells everything.
	 * @return what is known at this moment
	 */
	@ReadOperation
	public RpcDescriptor rpc() {
		return rpc(this.showValues.isShown(true));
	}

	RpcDescriptor rpc(boolean show) {
		Reports reports = reports();
		List<AskedApplication> asked = new ArrayList<>();
		RpcReferences called = this.references;
		if (called != null) {
			byApplication().forEach((application, injected) -> asked
				.add(AskedApplication.ask(application, injected, called, CallRoute.NONE, null)));
		}
		List<Application> applications = asked.stream().map((application) -> application.tell(reports, show)).toList();
		return new RpcDescriptor((this.server != null) ? reports.server(this.server, show) : null, applications,
				Reports.registry(this.discovery));
	}

	/**
	 * Explains where a call to an application would go.
	 * @param application the application
	 * @param policy the load balancing policy; {@code null} for that of the channel
	 * @param lane the lane that the call is in
	 * @param tenant the tenant for whom it is made
	 * @param version the version that it asks for
	 * @param tags tags that an instance must have, each {@code name=value}
	 * @param hashKey the hash key of the call, as a text, under a policy that places by
	 * key; {@code null} for none
	 * @return the application; {@code null} if no reference names it
	 */
	@ReadOperation
	public @Nullable Application application(@Selector String application, @Nullable String policy,
			@Nullable String lane, @Nullable String tenant, @Nullable String version, @Nullable List<String> tags,
			@Nullable String hashKey) {
		return application(application, route(policy, lane, tenant, version, tags), hashKey,
				this.showValues.isShown(true));
	}

	@Nullable Application application(String application, CallRoute route, @Nullable String hashKey, boolean show) {
		if (hashKey != null && hashKey.isEmpty()) {
			throw invalid("hashKey: '' (expected: a text that is not empty)", null);
		}
		List<ReferenceDescription> injected = byApplication().get(application);
		return (this.references != null && injected != null)
				? AskedApplication.ask(application, injected, this.references, route, hashKey).tell(reports(), show)
				: null;
	}

	static CallRoute route(@Nullable String policy, @Nullable String lane, @Nullable String tenant,
			@Nullable String version, @Nullable List<String> tags) {
		Map<String, String> wanted = new LinkedHashMap<>();
		for (String tag : (tags != null) ? tags : List.<String>of()) {
			int equals = tag.indexOf('=');
			if (equals < 1) {
				throw invalid("tags: '" + tag + "' (expected: name=value)", null);
			}
			wanted.put(tag.substring(0, equals), tag.substring(equals + 1));
		}
		return new CallRoute(policy, lane, tenant, version, wanted);
	}

	/**
	 * Takes this process out of the registry, or brings it back. See
	 * {@link RpcServerLifecycle#offline()}.
	 * @param online whether it is to be in the registry
	 * @return where its registration stands then
	 */
	@WriteOperation
	public @Nullable Registration online(boolean online) {
		if (this.server == null) {
			throw invalid("online: " + online + " (expected: a process with an RPC server)", null);
		}
		try {
			CompletableFuture<Void> done = online ? this.server.online() : this.server.offline();
			// Ends after a few seconds, whatever the registry does.
			done.join();
			return reports().registration(this.server, false);
		}
		catch (IllegalStateException ex) {
			throw invalid(String.valueOf(ex.getMessage()), ex);
		}
	}

	/**
	 * Changes what holds for the calls of this process to an application, until it is
	 * {@linkplain #reset reset} or the process ends. What is not given stays.
	 * @param application the application
	 * @param timeout of unary calls, such as {@code 500ms}
	 * @param streamTimeout of streaming calls
	 * @param method the full name of the method or service whose timeouts they are;
	 * {@code null} for those of the application
	 * @param instance the id of an instance
	 * @param weight the share of the traffic that it gets, relative to the others'; at
	 * least 1
	 */
	@WriteOperation
	public void change(@Selector String application, @Nullable String timeout, @Nullable String streamTimeout,
			@Nullable String method, @Nullable String instance, @Nullable Integer weight) {
		RpcReferences known = known(application);
		if ((instance == null) != (weight == null)) {
			throw invalid("instance: " + instance + ", weight: " + weight + " (expected: both or none)", null);
		}
		Duration newTimeout = Timeouts.parse("timeout", timeout);
		Duration newStreamTimeout = Timeouts.parse("streamTimeout", streamTimeout);
		if (newTimeout == null && newStreamTimeout == null && instance == null) {
			throw invalid("nothing to change (expected: timeout, streamTimeout, or instance and weight)", null);
		}
		if (method != null) {
			Timeouts.checkMethod(method, byApplication().getOrDefault(application, List.of()));
		}
		try {
			if (instance != null) {
				known.weigh(application, instance, weight);
			}
			if (newTimeout != null || newStreamTimeout != null) {
				known.change(application, new Timeouts(newTimeout, newStreamTimeout, method));
			}
		}
		catch (IllegalArgumentException ex) {
			throw invalid(String.valueOf(ex.getMessage()), ex);
		}
	}

	/**
	 * Undoes what was changed at run time for an application.
	 * @param application the application
	 */
	@DeleteOperation
	public void reset(@Selector String application) {
		known(application).reset(application);
	}

	private RpcReferences known(String application) {
		if (this.references == null || !byApplication().containsKey(application)) {
			throw invalid("application: '" + application + "' (expected: one of " + byApplication().keySet() + ")",
					null);
		}
		return this.references;
	}

	private Map<String, List<ReferenceDescription>> byApplication() {
		Map<String, List<ReferenceDescription>> injected = new TreeMap<>();
		if (this.references != null) {
			this.references.describe()
				.forEach((reference) -> injected
					.computeIfAbsent(reference.application(), (application) -> new ArrayList<>())
					.add(reference));
		}
		return injected;
	}

	/**
	 * Reads the environment anew for each request: property sources come, go and change.
	 */
	private Reports reports() {
		return new Reports(new Sanitized(new SettingSources(this.environment), this.sanitizer), this.guards,
				Clock.systemUTC());
	}

	static InvalidEndpointRequestException invalid(String reason, @Nullable Throwable cause) {
		return (cause != null) ? new InvalidEndpointRequestException(reason, reason, cause)
				: new InvalidEndpointRequestException(reason, reason);
	}

}
