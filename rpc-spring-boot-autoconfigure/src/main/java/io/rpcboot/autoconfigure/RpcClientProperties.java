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

package io.rpcboot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

/**
 * Properties of the RPC client.
 */
@ConfigurationProperties(prefix = "rpc.client", ignoreUnknownFields = false)
public class RpcClientProperties {

	/**
	 * What holds for every application that says nothing else.
	 */
	private final Defaults defaults = new Defaults();

	/**
	 * The pool that runs callbacks where virtual threads are not enabled.
	 */
	private final ExecutorPool executor = new ExecutorPool();

	/**
	 * Settings by application; a name with dots stands in brackets.
	 */
	private Map<String, Reference> references = new LinkedHashMap<>();

	/**
	 * Which application serves a gRPC service, by the full name of the service, for
	 * references that name no application.
	 */
	private Map<String, String> services = new LinkedHashMap<>();

	public Defaults getDefaults() {
		return this.defaults;
	}

	public ExecutorPool getExecutor() {
		return this.executor;
	}

	public Map<String, Reference> getReferences() {
		return this.references;
	}

	public void setReferences(Map<String, Reference> references) {
		this.references = references;
	}

	public Map<String, String> getServices() {
		return this.services;
	}

	public void setServices(Map<String, String> services) {
		this.services = services;
	}

	/**
	 * What holds for every application that says nothing else.
	 */
	public static final class Defaults {

		/**
		 * Timeout of unary calls.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration timeout = Duration.ofSeconds(5);

		/**
		 * Timeout of streaming calls; none when not set.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration streamTimeout;

		/**
		 * Load balancing policy.
		 */
		private String loadBalancing = "round_robin";

		/**
		 * Largest reply message.
		 */
		private DataSize maxInboundMessageSize = DataSize.ofMegabytes(4);

		public Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(Duration timeout) {
			this.timeout = timeout;
		}

		public @Nullable Duration getStreamTimeout() {
			return this.streamTimeout;
		}

		public void setStreamTimeout(@Nullable Duration streamTimeout) {
			this.streamTimeout = streamTimeout;
		}

		public String getLoadBalancing() {
			return this.loadBalancing;
		}

		public void setLoadBalancing(String loadBalancing) {
			this.loadBalancing = loadBalancing;
		}

		public DataSize getMaxInboundMessageSize() {
			return this.maxInboundMessageSize;
		}

		public void setMaxInboundMessageSize(DataSize maxInboundMessageSize) {
			this.maxInboundMessageSize = maxInboundMessageSize;
		}

	}

	/**
	 * The pool that runs the callbacks of asynchronous and future stubs.
	 */
	public static final class ExecutorPool {

		/**
		 * Most threads that run callbacks.
		 */
		private int threads = 64;

		public int getThreads() {
			return this.threads;
		}

		public void setThreads(int threads) {
			this.threads = threads;
		}

	}

	/**
	 * Settings of one application.
	 */
	public static final class Reference {

		/**
		 * Timeout of unary calls.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration timeout;

		/**
		 * Timeout of streaming calls.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration streamTimeout;

		/**
		 * Load balancing policy.
		 */
		private @Nullable String loadBalancing;

		/**
		 * Largest reply message.
		 */
		private @Nullable DataSize maxInboundMessageSize;

		/**
		 * Authority of the calls; the application's name when not set.
		 */
		private @Nullable String authority;

		/**
		 * Static addresses, each host:port, that bypass the registry.
		 */
		private List<String> addresses = new ArrayList<>();

		/**
		 * Settings by method, such as [demo.Greeter/SayHello], or by service, such as
		 * [demo.Greeter].
		 */
		private Map<String, Method> methods = new LinkedHashMap<>();

		public @Nullable Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(@Nullable Duration timeout) {
			this.timeout = timeout;
		}

		public @Nullable Duration getStreamTimeout() {
			return this.streamTimeout;
		}

		public void setStreamTimeout(@Nullable Duration streamTimeout) {
			this.streamTimeout = streamTimeout;
		}

		public @Nullable String getLoadBalancing() {
			return this.loadBalancing;
		}

		public void setLoadBalancing(@Nullable String loadBalancing) {
			this.loadBalancing = loadBalancing;
		}

		public @Nullable DataSize getMaxInboundMessageSize() {
			return this.maxInboundMessageSize;
		}

		public void setMaxInboundMessageSize(@Nullable DataSize maxInboundMessageSize) {
			this.maxInboundMessageSize = maxInboundMessageSize;
		}

		public @Nullable String getAuthority() {
			return this.authority;
		}

		public void setAuthority(@Nullable String authority) {
			this.authority = authority;
		}

		public List<String> getAddresses() {
			return this.addresses;
		}

		public void setAddresses(List<String> addresses) {
			this.addresses = addresses;
		}

		public Map<String, Method> getMethods() {
			return this.methods;
		}

		public void setMethods(Map<String, Method> methods) {
			this.methods = methods;
		}

	}

	/**
	 * Settings of a method or a service.
	 */
	public static final class Method {

		/**
		 * Timeout of the method, or of the unary methods of the service.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration timeout;

		/**
		 * Timeout of the streaming methods of the service.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration streamTimeout;

		public @Nullable Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(@Nullable Duration timeout) {
			this.timeout = timeout;
		}

		public @Nullable Duration getStreamTimeout() {
			return this.streamTimeout;
		}

		public void setStreamTimeout(@Nullable Duration streamTimeout) {
			this.streamTimeout = streamTimeout;
		}

	}

}
