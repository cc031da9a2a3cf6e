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

package io.rpcboot.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;

import io.rpcboot.client.attempt.AttemptSettings;
import io.rpcboot.client.routing.RoutingSettings;
import io.rpcboot.client.routing.RoutingSettings.Preference;
import org.jspecify.annotations.Nullable;

/**
 * How references call.
 *
 * @param caller the name of this application, told to those it calls; {@code null} if it
 * has none
 * @param defaults what holds for every application that says nothing else
 * @param references by application
 * @param services which application serves a gRPC service, by the service's full name
 * @param callbacks what runs the callbacks of asynchronous and future stubs
 * @param routing which instances a call may go to
 */
public record RpcClientSettings(@Nullable String caller, Defaults defaults, Map<String, Reference> references,
		Map<String, String> services, Callbacks callbacks, RoutingSettings routing) {

	/**
	 * Copies the maps.
	 */
	public RpcClientSettings {
		references = Map.copyOf(references);
		services = Map.copyOf(services);
	}

	/**
	 * Creates settings with the default routing.
	 * @param caller the name of this application; {@code null} if it has none
	 * @param defaults what holds for every application that says nothing else
	 * @param references by application
	 * @param services which application serves a gRPC service
	 * @param callbacks what runs the callbacks of asynchronous and future stubs
	 */
	public RpcClientSettings(@Nullable String caller, Defaults defaults, Map<String, Reference> references,
			Map<String, String> services, Callbacks callbacks) {
		this(caller, defaults, references, services, callbacks, RoutingSettings.DEFAULT);
	}

	/**
	 * Returns what is set for an application.
	 * @param application its name
	 * @return its settings; empty ones if nothing is set
	 */
	public Reference reference(String application) {
		return this.references.getOrDefault(application, Reference.NONE);
	}

	/**
	 * Returns what the filters of an application go by.
	 * @param application its name
	 * @return the routing, with the namespace that the application prefers
	 */
	public RoutingSettings routing(String application) {
		return this.routing.withNamespace(new Preference(reference(application).routing().preferredNamespace(),
				this.routing.namespace().minHealthy()));
	}

	/**
	 * What runs the callbacks of asynchronous and future stubs.
	 *
	 * @param threads the most threads of the pool
	 * @param virtualThreads runs them instead of the pool, if set
	 */
	public record Callbacks(int threads, @Nullable Executor virtualThreads) {

	}

	/**
	 * What holds for every application that says nothing else.
	 *
	 * @param timeout of unary calls
	 * @param streamTimeout of streaming calls; {@code null} for none
	 * @param loadBalancing name of the policy
	 * @param maxInboundMessageSize the largest reply in bytes
	 * @param attempts how calls are attempted
	 * @param maxBuffered how many bytes of a stream of requests may be sent ahead of the
	 * transport before the sender waits; 0 for no bound
	 * @param connections how many connections each instance has, 1 to 16
	 */
	public record Defaults(Duration timeout, @Nullable Duration streamTimeout, String loadBalancing,
			int maxInboundMessageSize, AttemptSettings attempts, long maxBuffered, int connections) {

		private static final long MAX_BUFFERED = 256 * 1024;

		/**
		 * Creates settings that leave attempts as they are, with a bound of 256 kB and
		 * one connection to each instance.
		 * @param timeout of unary calls
		 * @param streamTimeout of streaming calls; {@code null} for none
		 * @param loadBalancing name of the policy
		 * @param maxInboundMessageSize the largest reply in bytes
		 */
		public Defaults(Duration timeout, @Nullable Duration streamTimeout, String loadBalancing,
				int maxInboundMessageSize) {
			this(timeout, streamTimeout, loadBalancing, maxInboundMessageSize, AttemptSettings.NONE, MAX_BUFFERED, 1);
		}

	}

	/**
	 * What is set for one application; {@code null} is not set.
	 *
	 * @param timeout of unary calls
	 * @param streamTimeout of streaming calls
	 * @param loadBalancing name of the policy
	 * @param maxInboundMessageSize the largest reply in bytes
	 * @param authority the authority and TLS name, instead of the application's name
	 * @param addresses static {@code host:port} addresses that bypass the registry
	 * @param methods by full method name ({@code demo.Greeter/SayHello}) or service name
	 * @param routing which of its instances are called
	 * @param hashKey where the key of a call comes from, under a policy that places by
	 * key
	 * @param attempts how calls are attempted
	 * @param maxBuffered how many bytes of a stream of requests may be sent ahead of the
	 * transport before the sender waits; 0 for no bound
	 * @param connections how many connections each instance has, 1 to 16
	 */
	public record Reference(@Nullable Duration timeout, @Nullable Duration streamTimeout,
			@Nullable String loadBalancing, @Nullable Integer maxInboundMessageSize, @Nullable String authority,
			List<String> addresses, Map<String, Method> methods, Routing routing, @Nullable HashKeyOrigin hashKey,
			AttemptSettings attempts, @Nullable Long maxBuffered, @Nullable Integer connections) {

		static final Reference NONE = new Reference(null, null, null, null, null, List.of(), Map.of());

		/**
		 * Copies the collections and checks the addresses.
		 */
		public Reference {
			addresses.forEach((address) -> StaticDiscovery.instance("", address));
			addresses = List.copyOf(addresses);
			methods = Map.copyOf(methods);
		}

		/**
		 * Creates settings that leave attempts as they are.
		 * @param timeout of unary calls
		 * @param streamTimeout of streaming calls
		 * @param loadBalancing name of the policy
		 * @param maxInboundMessageSize the largest reply in bytes
		 * @param authority the authority and TLS name, instead of the application's name
		 * @param addresses static {@code host:port} addresses that bypass the registry
		 * @param methods by full method name or service name
		 * @param routing which of its instances are called
		 * @param hashKey where the key of a call comes from
		 */
		public Reference(@Nullable Duration timeout, @Nullable Duration streamTimeout, @Nullable String loadBalancing,
				@Nullable Integer maxInboundMessageSize, @Nullable String authority, List<String> addresses,
				Map<String, Method> methods, Routing routing, @Nullable HashKeyOrigin hashKey) {
			this(timeout, streamTimeout, loadBalancing, maxInboundMessageSize, authority, addresses, methods, routing,
					hashKey, AttemptSettings.NONE, null, null);
		}

		/**
		 * Creates settings without any of the routing.
		 * @param timeout of unary calls
		 * @param streamTimeout of streaming calls
		 * @param loadBalancing name of the policy
		 * @param maxInboundMessageSize the largest reply in bytes
		 * @param authority the authority and TLS name, instead of the application's name
		 * @param addresses static {@code host:port} addresses that bypass the registry
		 * @param methods by full method name or service name
		 */
		public Reference(@Nullable Duration timeout, @Nullable Duration streamTimeout, @Nullable String loadBalancing,
				@Nullable Integer maxInboundMessageSize, @Nullable String authority, List<String> addresses,
				Map<String, Method> methods) {
			this(timeout, streamTimeout, loadBalancing, maxInboundMessageSize, authority, addresses, methods,
					Routing.NONE, null);
		}

		/**
		 * Returns these settings with another timeout of unary calls.
		 * @param newTimeout the timeout; {@code null} for that of the annotation or the
		 * defaults
		 * @return a copy
		 */
		public Reference withTimeout(@Nullable Duration newTimeout) {
			return new Reference(newTimeout, this.streamTimeout, this.loadBalancing, this.maxInboundMessageSize,
					this.authority, this.addresses, this.methods, this.routing, this.hashKey, this.attempts,
					this.maxBuffered, this.connections);
		}

		/**
		 * Returns these settings with another timeout of streaming calls.
		 * @param newTimeout the timeout; {@code null} for that of the defaults
		 * @return a copy
		 */
		public Reference withStreamTimeout(@Nullable Duration newTimeout) {
			return new Reference(this.timeout, newTimeout, this.loadBalancing, this.maxInboundMessageSize,
					this.authority, this.addresses, this.methods, this.routing, this.hashKey, this.attempts,
					this.maxBuffered, this.connections);
		}

		/**
		 * Returns these settings with those of one method, or service, replaced.
		 * @param name full method name or service name
		 * @param method its settings
		 * @return a copy
		 */
		public Reference withMethod(String name, Method method) {
			Map<String, Method> changed = new HashMap<>(this.methods);
			changed.put(name, method);
			return new Reference(this.timeout, this.streamTimeout, this.loadBalancing, this.maxInboundMessageSize,
					this.authority, this.addresses, changed, this.routing, this.hashKey, this.attempts,
					this.maxBuffered, this.connections);
		}

		/**
		 * Returns whether a channel opened for other settings is one for these.
		 */
		boolean isSameChannel(Reference other) {
			return Objects.equals(this.maxInboundMessageSize, other.maxInboundMessageSize)
					&& Objects.equals(this.connections, other.connections)
					&& Objects.equals(this.authority, other.authority) && this.addresses.equals(other.addresses)
					&& this.routing.namespaces().equals(other.routing.namespaces())
					&& Objects.equals(this.routing.preferredNamespace(), other.routing.preferredNamespace());
		}

	}

	/**
	 * Which instances of an application are called.
	 *
	 * @param namespaces where they are looked for; empty for the registry's own namespace
	 * @param preferredNamespace the one of them that is preferred; {@code null} for none
	 * @param version the version, or the beginning of one; {@code null} if not set
	 * @param tags tags that an instance must have; empty if not set
	 */
	public record Routing(List<String> namespaces, @Nullable String preferredNamespace, @Nullable String version,
			Map<String, String> tags) {

		/**
		 * Nothing is set.
		 */
		public static final Routing NONE = new Routing(List.of(), null, null, Map.of());

		/**
		 * Copies the collections.
		 */
		public Routing {
			namespaces = List.copyOf(namespaces);
			tags = Map.copyOf(tags);
		}

	}

	/**
	 * What is set for a method, or for all methods of a service.
	 *
	 * @param timeout of a method, or of the unary methods of a service
	 * @param streamTimeout of the streaming methods of a service, or of a streaming
	 * method that has no {@code timeout}
	 * @param loadBalancing name of the policy
	 * @param hashKey where the key of a call comes from, under a policy that places by
	 * key
	 * @param attempts how calls are attempted
	 */
	public record Method(@Nullable Duration timeout, @Nullable Duration streamTimeout, @Nullable String loadBalancing,
			@Nullable HashKeyOrigin hashKey, AttemptSettings attempts) {

		/**
		 * Creates settings that leave attempts as they are.
		 * @param timeout of a method, or of the unary methods of a service
		 * @param streamTimeout of the streaming methods
		 * @param loadBalancing name of the policy
		 * @param hashKey where the key of a call comes from
		 */
		public Method(@Nullable Duration timeout, @Nullable Duration streamTimeout, @Nullable String loadBalancing,
				@Nullable HashKeyOrigin hashKey) {
			this(timeout, streamTimeout, loadBalancing, hashKey, AttemptSettings.NONE);
		}

		/**
		 * Creates settings that leave balancing as it is.
		 * @param timeout of a method, or of the unary methods of a service
		 * @param streamTimeout of the streaming methods
		 */
		public Method(@Nullable Duration timeout, @Nullable Duration streamTimeout) {
			this(timeout, streamTimeout, null, null);
		}

		/**
		 * Returns these settings with other timeouts.
		 * @param newTimeout of a method, or of the unary methods of a service
		 * @param newStreamTimeout of the streaming methods
		 * @return a copy
		 */
		public Method withTimeouts(@Nullable Duration newTimeout, @Nullable Duration newStreamTimeout) {
			return new Method(newTimeout, newStreamTimeout, this.loadBalancing, this.hashKey, this.attempts);
		}

	}

	/**
	 * Where the key of a call comes from; exactly one is set.
	 *
	 * @param field a field of the request by its name in the {@code .proto} file, with
	 * dots through nested messages
	 * @param header a header of the call
	 */
	public record HashKeyOrigin(@Nullable String field, @Nullable String header) {

	}

}
