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
	 * Which instances a call may go to.
	 */
	private final Routing routing = new Routing();

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

	public Routing getRouting() {
		return this.routing;
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
	 * Which instances a call may go to.
	 */
	public static final class Routing {

		/**
		 * Preference for the own zone, rpc.registry.instance.zone.
		 */
		private final Zone zone = new Zone();

		/**
		 * Preference for one of several namespaces.
		 */
		private final Namespace namespace = new Namespace();

		/**
		 * Lanes.
		 */
		private final Lane lane = new Lane();

		/**
		 * Tenants.
		 */
		private final Tenant tenant = new Tenant();

		public Zone getZone() {
			return this.zone;
		}

		public Namespace getNamespace() {
			return this.namespace;
		}

		public Lane getLane() {
			return this.lane;
		}

		public Tenant getTenant() {
			return this.tenant;
		}

	}

	/**
	 * Preference for the own zone.
	 */
	public static final class Zone {

		/**
		 * Whether instances in the own zone, rpc.registry.instance.zone, are preferred.
		 */
		private boolean enabled = true;

		/**
		 * Percentage of the instances in the own zone that must be usable, 0 to 100;
		 * below that, the other zones are called too.
		 */
		private int minHealthy = 70;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public int getMinHealthy() {
			return this.minHealthy;
		}

		public void setMinHealthy(int minHealthy) {
			this.minHealthy = minHealthy;
		}

	}

	/**
	 * Preference for one of several namespaces.
	 */
	public static final class Namespace {

		/**
		 * Percentage of the instances in the preferred namespace that must be usable, 0
		 * to 100; below that, the other namespaces are called too.
		 */
		private int minHealthy = 70;

		public int getMinHealthy() {
			return this.minHealthy;
		}

		public void setMinHealthy(int minHealthy) {
			this.minHealthy = minHealthy;
		}

	}

	/**
	 * Lanes.
	 */
	public static final class Lane {

		/**
		 * Name of the tag by which instances say in which lane they are.
		 */
		private String tag = "lane";

		/**
		 * Whether a call in a lane fails when no instance of the lane can be called,
		 * rather than going to one without the tag.
		 */
		private boolean strict;

		public String getTag() {
			return this.tag;
		}

		public void setTag(String tag) {
			this.tag = tag;
		}

		public boolean isStrict() {
			return this.strict;
		}

		public void setStrict(boolean strict) {
			this.strict = strict;
		}

	}

	/**
	 * Tenants.
	 */
	public static final class Tenant {

		/**
		 * Name of the tag by which instances say for which tenant they are.
		 */
		private String tag = "tenant";

		/**
		 * Whether a call for a tenant fails when no instance of the tenant can be called,
		 * rather than going to one without the tag.
		 */
		private boolean strict;

		public String getTag() {
			return this.tag;
		}

		public void setTag(String tag) {
			this.tag = tag;
		}

		public boolean isStrict() {
			return this.strict;
		}

		public void setStrict(boolean strict) {
			this.strict = strict;
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
		 * Namespaces in which the instances are looked for; that of the registry when
		 * empty.
		 */
		private List<String> namespaces = new ArrayList<>();

		/**
		 * The one of the namespaces whose instances are preferred; none when not set.
		 */
		private @Nullable String preferNamespace;

		/**
		 * Version of the instances to call, or the beginning of one, such as 2 or 2.1.
		 */
		private @Nullable String version;

		/**
		 * Tags that an instance must have to be called.
		 */
		private Map<String, String> tags = new LinkedHashMap<>();

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

		public List<String> getNamespaces() {
			return this.namespaces;
		}

		public void setNamespaces(List<String> namespaces) {
			this.namespaces = namespaces;
		}

		public @Nullable String getPreferNamespace() {
			return this.preferNamespace;
		}

		public void setPreferNamespace(@Nullable String preferNamespace) {
			this.preferNamespace = preferNamespace;
		}

		public @Nullable String getVersion() {
			return this.version;
		}

		public void setVersion(@Nullable String version) {
			this.version = version;
		}

		public Map<String, String> getTags() {
			return this.tags;
		}

		public void setTags(Map<String, String> tags) {
			this.tags = tags;
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
