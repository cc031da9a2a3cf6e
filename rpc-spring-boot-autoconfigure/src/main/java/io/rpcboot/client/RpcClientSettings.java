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
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

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
 */
public record RpcClientSettings(@Nullable String caller, Defaults defaults, Map<String, Reference> references,
		Map<String, String> services, Callbacks callbacks) {

	/**
	 * Copies the maps.
	 */
	public RpcClientSettings {
		references = Map.copyOf(references);
		services = Map.copyOf(services);
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
	 */
	public record Defaults(Duration timeout, @Nullable Duration streamTimeout, String loadBalancing,
			int maxInboundMessageSize) {

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
	 */
	public record Reference(@Nullable Duration timeout, @Nullable Duration streamTimeout,
			@Nullable String loadBalancing, @Nullable Integer maxInboundMessageSize, @Nullable String authority,
			List<String> addresses, Map<String, Method> methods) {

		static final Reference NONE = new Reference(null, null, null, null, null, List.of(), Map.of());

		/**
		 * Copies the collections and checks the addresses.
		 */
		public Reference {
			addresses.forEach((address) -> StaticDiscovery.instance("", address));
			addresses = List.copyOf(addresses);
			methods = Map.copyOf(methods);
		}

	}

	/**
	 * What is set for a method, or for all methods of a service.
	 *
	 * @param timeout of a method, or of the unary methods of a service
	 * @param streamTimeout of the streaming methods of a service, or of a streaming
	 * method that has no {@code timeout}
	 */
	public record Method(@Nullable Duration timeout, @Nullable Duration streamTimeout) {

	}

}
