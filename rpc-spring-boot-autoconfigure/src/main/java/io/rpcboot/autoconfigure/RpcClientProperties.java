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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.grpc.Status;
import io.rpcboot.client.credentials.CredentialsSettings;
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
	 * Connecting to some instances only of an application that has many.
	 */
	private final Subset subset = new Subset();

	/**
	 * Ejection of instances whose calls fail.
	 */
	private final Outlier outlier = new Outlier();

	/**
	 * What goes on from incoming calls to those that are made while they are served.
	 */
	private final Carry carry = new Carry();

	/**
	 * The growing share of an instance that is new.
	 */
	private final SlowStart slowStart = new SlowStart();

	/**
	 * Settings by application; a name with dots stands in brackets.
	 */
	private Map<String, Reference> references = new LinkedHashMap<>();

	/**
	 * Which application serves a gRPC service, by the full name of the service, for
	 * references that name no application.
	 */
	private Map<String, String> services = new LinkedHashMap<>();

	/**
	 * Meters of calls.
	 */
	private final Metrics metrics = new Metrics();

	/**
	 * Spans of calls.
	 */
	private final Tracing tracing = new Tracing();

	public Defaults getDefaults() {
		return this.defaults;
	}

	public ExecutorPool getExecutor() {
		return this.executor;
	}

	public Routing getRouting() {
		return this.routing;
	}

	public Outlier getOutlier() {
		return this.outlier;
	}

	public Carry getCarry() {
		return this.carry;
	}

	public SlowStart getSlowStart() {
		return this.slowStart;
	}

	public Subset getSubset() {
		return this.subset;
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

	public Metrics getMetrics() {
		return this.metrics;
	}

	public Tracing getTracing() {
		return this.tracing;
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
		 * How long connecting to an instance may take, 1ms to 10m. A first packet that is
		 * lost is sent again after one second.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration connectTimeout = Duration.ofSeconds(2);

		/**
		 * Not sending calls to an application that fails anyway.
		 */
		private final Throttling throttling = new Throttling();

		/**
		 * Load balancing policy.
		 */
		private String loadBalancing = "p2c";

		/**
		 * Largest reply message.
		 */
		private DataSize maxInboundMessageSize = DataSize.ofMegabytes(4);

		/**
		 * Connections to each instance, 1 to 16. Calls go by the one with the fewest
		 * open.
		 */
		private int connections = 1;

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

		public Duration getConnectTimeout() {
			return this.connectTimeout;
		}

		public void setConnectTimeout(Duration connectTimeout) {
			this.connectTimeout = connectTimeout;
		}

		public Throttling getThrottling() {
			return this.throttling;
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

		public int getConnections() {
			return this.connections;
		}

		public void setConnections(int connections) {
			this.connections = connections;
		}

		/**
		 * Sending again what has failed.
		 */
		private final Retry retry = new Retry();

		/**
		 * Whether a call may run more than once; as the .proto file says when not set.
		 */
		private @Nullable Boolean idempotent;

		/**
		 * Whether the server runs a unary call once, however often it is sent; not when
		 * not set anywhere.
		 */
		private @Nullable Boolean deduplicated;

		/**
		 * Sending to a second instance when the first one takes long.
		 */
		private final Hedging hedging = new Hedging();

		public Retry getRetry() {
			return this.retry;
		}

		public @Nullable Boolean getIdempotent() {
			return this.idempotent;
		}

		public void setIdempotent(@Nullable Boolean idempotent) {
			this.idempotent = idempotent;
		}

		public @Nullable Boolean getDeduplicated() {
			return this.deduplicated;
		}

		public void setDeduplicated(@Nullable Boolean deduplicated) {
			this.deduplicated = deduplicated;
		}

		public Hedging getHedging() {
			return this.hedging;
		}

		/**
		 * How far a stream of requests may be ahead of a slow server before the thread
		 * that sends waits; 0 for no bound but the heap.
		 */
		private DataSize maxBuffered = DataSize.ofKilobytes(256);

		public DataSize getMaxBuffered() {
			return this.maxBuffered;
		}

		public void setMaxBuffered(DataSize maxBuffered) {
			this.maxBuffered = maxBuffered;
		}

		/**
		 * TLS.
		 */
		private final Ssl ssl = new Ssl();

		public Ssl getSsl() {
			return this.ssl;
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
	 * Connecting to some instances only of an application that has many.
	 */
	public static final class Subset {

		/**
		 * Whether to connect to a subset of the instances, which all consumers choose
		 * such that each instance has the same number of them.
		 */
		private boolean enabled;

		/**
		 * To how many instances of a lane, at least 12; a lane of fewer than 24 is used
		 * whole.
		 */
		private int size = 20;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public int getSize() {
			return this.size;
		}

		public void setSize(int size) {
			this.size = size;
		}

	}

	/**
	 * Subset of one application.
	 */
	public static final class ReferenceSubset {

		/**
		 * Whether to connect to a subset of the instances.
		 */
		private @Nullable Boolean enabled;

		/**
		 * To how many instances of a lane, at least 12.
		 */
		private @Nullable Integer size;

		public @Nullable Boolean getEnabled() {
			return this.enabled;
		}

		public void setEnabled(@Nullable Boolean enabled) {
			this.enabled = enabled;
		}

		public @Nullable Integer getSize() {
			return this.size;
		}

		public void setSize(@Nullable Integer size) {
			this.size = size;
		}

	}

	/**
	 * Ejection of instances whose calls fail.
	 */
	public static final class Outlier {

		/**
		 * Whether an instance whose calls fail far more than those of the others is not
		 * called for a while.
		 */
		private boolean enabled = true;

		/**
		 * How often failure rates are compared.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration interval = Duration.ofSeconds(10);

		/**
		 * How long the first ejection lasts; each further one that much longer.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration baseEjectionTime = Duration.ofSeconds(30);

		/**
		 * The longest ejection.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration maxEjectionTime = Duration.ofMinutes(5);

		/**
		 * Percentage of the instances that may be ejected at a time, 1 to 100, but one
		 * always may.
		 */
		private int maxEjectionPercent = 10;

		/**
		 * Failures in a row that eject an instance at once; 0 for never.
		 */
		private int consecutiveFailures = 5;

		/**
		 * Percentage of usable instances, 0 to 100, below which the ejected ones are
		 * called too.
		 */
		private int panicPercent = 50;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public Duration getInterval() {
			return this.interval;
		}

		public void setInterval(Duration interval) {
			this.interval = interval;
		}

		public Duration getBaseEjectionTime() {
			return this.baseEjectionTime;
		}

		public void setBaseEjectionTime(Duration baseEjectionTime) {
			this.baseEjectionTime = baseEjectionTime;
		}

		public Duration getMaxEjectionTime() {
			return this.maxEjectionTime;
		}

		public void setMaxEjectionTime(Duration maxEjectionTime) {
			this.maxEjectionTime = maxEjectionTime;
		}

		public int getMaxEjectionPercent() {
			return this.maxEjectionPercent;
		}

		public void setMaxEjectionPercent(int maxEjectionPercent) {
			this.maxEjectionPercent = maxEjectionPercent;
		}

		public int getConsecutiveFailures() {
			return this.consecutiveFailures;
		}

		public void setConsecutiveFailures(int consecutiveFailures) {
			this.consecutiveFailures = consecutiveFailures;
		}

		public int getPanicPercent() {
			return this.panicPercent;
		}

		public void setPanicPercent(int panicPercent) {
			this.panicPercent = panicPercent;
		}

	}

	/**
	 * The growing share of an instance that is new.
	 */
	public static final class SlowStart {

		/**
		 * Whether a new instance gets its share of the traffic little by little.
		 */
		private boolean enabled = true;

		/**
		 * How long an instance is new.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration window = Duration.ofSeconds(30);

		/**
		 * Percentage of its weight with which it begins, 1 to 100.
		 */
		private int minWeightPercent = 10;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public Duration getWindow() {
			return this.window;
		}

		public void setWindow(Duration window) {
			this.window = window;
		}

		public int getMinWeightPercent() {
			return this.minWeightPercent;
		}

		public void setMinWeightPercent(int minWeightPercent) {
			this.minWeightPercent = minWeightPercent;
		}

	}

	/**
	 * What goes on from incoming calls to those that are made while they are served.
	 */
	public static final class Carry {

		/**
		 * Headers that are sent on as they are; the next application sends them on only
		 * if it lists them too.
		 */
		private List<String> oneHop = new ArrayList<>();

		/**
		 * Headers that become baggage, which every application sends on.
		 */
		private List<String> wholeChain = new ArrayList<>();

		/**
		 * Whether tasks of Boot's executor, of Async methods for example, see the lane,
		 * the tenant and the baggage of the call during which they were handed over.
		 */
		private boolean asyncTasks = true;

		public List<String> getOneHop() {
			return this.oneHop;
		}

		public void setOneHop(List<String> oneHop) {
			this.oneHop = oneHop;
		}

		public List<String> getWholeChain() {
			return this.wholeChain;
		}

		public void setWholeChain(List<String> wholeChain) {
			this.wholeChain = wholeChain;
		}

		public boolean isAsyncTasks() {
			return this.asyncTasks;
		}

		public void setAsyncTasks(boolean asyncTasks) {
			this.asyncTasks = asyncTasks;
		}

	}

	/**
	 * Not sending calls that fail anyway.
	 */
	public static final class Throttling {

		/**
		 * Whether calls of a method are not sent, and fail with UNAVAILABLE at once, in
		 * proportion to how many fail; off by default.
		 */
		private @Nullable Boolean enabled;

		/**
		 * How many calls are sent for each one that is answered, 1 to 100; 2 by default,
		 * so that it begins when fewer than half of them are.
		 */
		private @Nullable Double k;

		/**
		 * Over which time calls are counted, 1s to 10m; 10s by default.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration window;

		/**
		 * Whether every call is sent, and the log says which would not have been; off by
		 * default.
		 */
		private @Nullable Boolean dryRun;

		public @Nullable Boolean getEnabled() {
			return this.enabled;
		}

		public void setEnabled(@Nullable Boolean enabled) {
			this.enabled = enabled;
		}

		public @Nullable Double getK() {
			return this.k;
		}

		public void setK(@Nullable Double k) {
			this.k = k;
		}

		public @Nullable Duration getWindow() {
			return this.window;
		}

		public void setWindow(@Nullable Duration window) {
			this.window = window;
		}

		public @Nullable Boolean getDryRun() {
			return this.dryRun;
		}

		public void setDryRun(@Nullable Boolean dryRun) {
			this.dryRun = dryRun;
		}

	}

	/**
	 * What answers instead of an application.
	 */
	public static final class Fallback {

		/**
		 * Name of the bean that answers: a stub or an implementation of the same gRPC
		 * service, a Channel or an RpcFallback.
		 */
		private @Nullable String bean;

		/**
		 * Statuses for which it does; UNAVAILABLE, DEADLINE_EXCEEDED and
		 * RESOURCE_EXHAUSTED when empty.
		 */
		private Set<Status.Code> statuses = new LinkedHashSet<>();

		public @Nullable String getBean() {
			return this.bean;
		}

		public void setBean(@Nullable String bean) {
			this.bean = bean;
		}

		public Set<Status.Code> getStatuses() {
			return this.statuses;
		}

		public void setStatuses(Set<Status.Code> statuses) {
			this.statuses = statuses;
		}

	}

	/**
	 * Settings of one application.
	 */
	public static final class Reference {

		/**
		 * What the calls say of who makes them.
		 */
		private final Credentials credentials = new Credentials();

		/**
		 * Connecting to some of its instances only.
		 */
		private final ReferenceSubset subset = new ReferenceSubset();

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
		 * How long connecting to an instance may take, 1ms to 10m.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration connectTimeout;

		/**
		 * Not sending calls to the application while it fails anyway.
		 */
		private final Throttling throttling = new Throttling();

		/**
		 * What answers instead of the application.
		 */
		private final Fallback fallback = new Fallback();

		/**
		 * Load balancing policy.
		 */
		private @Nullable String loadBalancing;

		/**
		 * Where the key of a call comes from, under a policy that places by key.
		 */
		private final HashKey hashKey = new HashKey();

		/**
		 * Largest reply message.
		 */
		private @Nullable DataSize maxInboundMessageSize;

		/**
		 * Connections to each instance, 1 to 16. Calls go by the one with the fewest
		 * open.
		 */
		private @Nullable Integer connections;

		/**
		 * Authority of the calls, and the name that the server's certificate must have;
		 * the application's name when not set.
		 */
		private @Nullable String authority;

		/**
		 * Static addresses, each host:port, that bypass the registry.
		 */
		private List<String> addresses = new ArrayList<>();

		/**
		 * Namespaces in which the instances are looked for; that of the registry when
		 * empty. Not together with addresses.
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
		 * Tags that an instance must have to be called. They replace those of the
		 * annotation.
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

		public @Nullable Duration getConnectTimeout() {
			return this.connectTimeout;
		}

		public void setConnectTimeout(@Nullable Duration connectTimeout) {
			this.connectTimeout = connectTimeout;
		}

		public Throttling getThrottling() {
			return this.throttling;
		}

		public Fallback getFallback() {
			return this.fallback;
		}

		public @Nullable String getLoadBalancing() {
			return this.loadBalancing;
		}

		public void setLoadBalancing(@Nullable String loadBalancing) {
			this.loadBalancing = loadBalancing;
		}

		public HashKey getHashKey() {
			return this.hashKey;
		}

		public @Nullable DataSize getMaxInboundMessageSize() {
			return this.maxInboundMessageSize;
		}

		public void setMaxInboundMessageSize(@Nullable DataSize maxInboundMessageSize) {
			this.maxInboundMessageSize = maxInboundMessageSize;
		}

		public @Nullable Integer getConnections() {
			return this.connections;
		}

		public void setConnections(@Nullable Integer connections) {
			this.connections = connections;
		}

		public ReferenceSubset getSubset() {
			return this.subset;
		}

		public Credentials getCredentials() {
			return this.credentials;
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

		/**
		 * Sending again what has failed.
		 */
		private final Retry retry = new Retry();

		/**
		 * Whether a call may run more than once; as the .proto file says when not set.
		 */
		private @Nullable Boolean idempotent;

		/**
		 * Whether the server runs a unary call once, however often it is sent.
		 */
		private @Nullable Boolean deduplicated;

		/**
		 * Sending to a second instance when the first one takes long.
		 */
		private final Hedging hedging = new Hedging();

		public Retry getRetry() {
			return this.retry;
		}

		public @Nullable Boolean getIdempotent() {
			return this.idempotent;
		}

		public void setIdempotent(@Nullable Boolean idempotent) {
			this.idempotent = idempotent;
		}

		public @Nullable Boolean getDeduplicated() {
			return this.deduplicated;
		}

		public void setDeduplicated(@Nullable Boolean deduplicated) {
			this.deduplicated = deduplicated;
		}

		public Hedging getHedging() {
			return this.hedging;
		}

		/**
		 * How far a stream of requests may be ahead of a slow server before the thread
		 * that sends waits; 0 for no bound but the heap.
		 */
		private @Nullable DataSize maxBuffered;

		public @Nullable DataSize getMaxBuffered() {
			return this.maxBuffered;
		}

		public void setMaxBuffered(@Nullable DataSize maxBuffered) {
			this.maxBuffered = maxBuffered;
		}

		/**
		 * TLS.
		 */
		private final Ssl ssl = new Ssl();

		public Ssl getSsl() {
			return this.ssl;
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

		/**
		 * Not sending calls of the method while they fail anyway.
		 */
		private final Throttling throttling = new Throttling();

		/**
		 * What answers instead of the application.
		 */
		private final Fallback fallback = new Fallback();

		/**
		 * Load balancing policy.
		 */
		private @Nullable String loadBalancing;

		/**
		 * Where the key of a call comes from, under a policy that places by key.
		 */
		private final HashKey hashKey = new HashKey();

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

		public Throttling getThrottling() {
			return this.throttling;
		}

		public Fallback getFallback() {
			return this.fallback;
		}

		public @Nullable String getLoadBalancing() {
			return this.loadBalancing;
		}

		public void setLoadBalancing(@Nullable String loadBalancing) {
			this.loadBalancing = loadBalancing;
		}

		public HashKey getHashKey() {
			return this.hashKey;
		}

		/**
		 * Sending again what has failed.
		 */
		private final Retry retry = new Retry();

		/**
		 * Whether a call may run more than once; as the .proto file says when not set.
		 */
		private @Nullable Boolean idempotent;

		/**
		 * Whether the server runs a unary call once, however often it is sent.
		 */
		private @Nullable Boolean deduplicated;

		/**
		 * Sending to a second instance when the first one takes long.
		 */
		private final Hedging hedging = new Hedging();

		public Retry getRetry() {
			return this.retry;
		}

		public @Nullable Boolean getIdempotent() {
			return this.idempotent;
		}

		public void setIdempotent(@Nullable Boolean idempotent) {
			this.idempotent = idempotent;
		}

		public @Nullable Boolean getDeduplicated() {
			return this.deduplicated;
		}

		public void setDeduplicated(@Nullable Boolean deduplicated) {
			this.deduplicated = deduplicated;
		}

		public Hedging getHedging() {
			return this.hedging;
		}

	}

	/**
	 * Where the key of a call comes from; one of both.
	 */
	public static final class HashKey {

		/**
		 * Field of the request by its name in the .proto file, with dots through nested
		 * messages, such as user.id.
		 */
		private @Nullable String field;

		/**
		 * Header that is the key of a call; instead of a field.
		 */
		private @Nullable String header;

		public @Nullable String getField() {
			return this.field;
		}

		public void setField(@Nullable String field) {
			this.field = field;
		}

		public @Nullable String getHeader() {
			return this.header;
		}

		public void setHeader(@Nullable String header) {
			this.header = header;
		}

	}

	/**
	 * Sending again what has failed.
	 */
	public static final class Retry {

		/**
		 * Most attempts of a call, the first included, 1 to 10; 3 when not set anywhere.
		 */
		private @Nullable Integer maxAttempts;

		/**
		 * Longest wait before the second attempt, doubled for each one after; 50ms when
		 * not set anywhere.
		 */
		@DurationUnit(ChronoUnit.MILLIS)
		private @Nullable Duration initialBackoff;

		/**
		 * Longest wait before any attempt; 1s when not set anywhere.
		 */
		@DurationUnit(ChronoUnit.MILLIS)
		private @Nullable Duration maxBackoff;

		/**
		 * Statuses after which a call is sent again that is idempotent or deduplicated;
		 * unavailable when not set anywhere.
		 */
		private @Nullable Set<Status.Code> statuses;

		/**
		 * Whether a deduplicated call that may have run may run again on another instance
		 * when the first one has gone; not when not set anywhere.
		 */
		private @Nullable Boolean otherInstances;

		public @Nullable Integer getMaxAttempts() {
			return this.maxAttempts;
		}

		public void setMaxAttempts(@Nullable Integer maxAttempts) {
			this.maxAttempts = maxAttempts;
		}

		public @Nullable Duration getInitialBackoff() {
			return this.initialBackoff;
		}

		public void setInitialBackoff(@Nullable Duration initialBackoff) {
			this.initialBackoff = initialBackoff;
		}

		public @Nullable Duration getMaxBackoff() {
			return this.maxBackoff;
		}

		public void setMaxBackoff(@Nullable Duration maxBackoff) {
			this.maxBackoff = maxBackoff;
		}

		public @Nullable Set<Status.Code> getStatuses() {
			return this.statuses;
		}

		public void setStatuses(@Nullable Set<Status.Code> statuses) {
			this.statuses = statuses;
		}

		public @Nullable Boolean getOtherInstances() {
			return this.otherInstances;
		}

		public void setOtherInstances(@Nullable Boolean otherInstances) {
			this.otherInstances = otherInstances;
		}

	}

	/**
	 * Sending to a second instance when the first one takes long.
	 */
	public static final class Hedging {

		/**
		 * Whether idempotent unary calls and server streams are hedged; not when not set
		 * anywhere.
		 */
		private @Nullable Boolean enabled;

		/**
		 * Percentile of the latencies of the method after which the second attempt is
		 * sent, 50 to 99.99; 99 when not set anywhere.
		 */
		private @Nullable Double percentile;

		/**
		 * Hedges of a hundred calls of the method, above 0 to 100; 1 when not set
		 * anywhere.
		 */
		private @Nullable Double maxExtraPercent;

		public @Nullable Boolean getEnabled() {
			return this.enabled;
		}

		public void setEnabled(@Nullable Boolean enabled) {
			this.enabled = enabled;
		}

		public @Nullable Double getPercentile() {
			return this.percentile;
		}

		public void setPercentile(@Nullable Double percentile) {
			this.percentile = percentile;
		}

		public @Nullable Double getMaxExtraPercent() {
			return this.maxExtraPercent;
		}

		public void setMaxExtraPercent(@Nullable Double maxExtraPercent) {
			this.maxExtraPercent = maxExtraPercent;
		}

	}

	/**
	 * Meters of calls.
	 */
	public static final class Metrics {

		/**
		 * Whether calls and their attempts are metered as gRFC A66 has it, where there is
		 * a meter registry.
		 */
		private boolean enabled = true;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

	/**
	 * Spans of calls.
	 */
	public static final class Tracing {

		/**
		 * Whether calls have spans, where there is a tracer.
		 */
		private boolean enabled = true;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

	/**
	 * TLS.
	 */
	public static final class Ssl {

		/**
		 * Whether calls go over TLS; when not set, they do where a bundle is named.
		 */
		private @Nullable Boolean enabled;

		/**
		 * Name of the SSL bundle with whom to trust, and with the own certificate for
		 * servers that want one; what the JVM trusts when not set.
		 */
		private @Nullable String bundle;

		public @Nullable Boolean getEnabled() {
			return this.enabled;
		}

		public void setEnabled(@Nullable Boolean enabled) {
			this.enabled = enabled;
		}

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

	}

	/**
	 * What calls say of who makes them.
	 */
	public static final class Credentials {

		/**
		 * Kind of the credentials of the calls: bearer, basic, oauth2 or relay; none when
		 * not set.
		 */
		private CredentialsSettings.@Nullable Type type;

		/**
		 * Token that is always the same, for bearer.
		 */
		private @Nullable String token;

		/**
		 * Name of a bean of type TokenSource that knows the token, for bearer.
		 */
		private @Nullable String tokenSource;

		/**
		 * Name, for basic.
		 */
		private @Nullable String username;

		/**
		 * Password, for basic.
		 */
		private @Nullable String password;

		/**
		 * Id of a registration of spring.security.oauth2.client.registration, for oauth2.
		 */
		private @Nullable String registration;

		/**
		 * Whether they are sent over connections that are not encrypted, where others can
		 * read them.
		 */
		private boolean allowPlaintext;

		public CredentialsSettings.@Nullable Type getType() {
			return this.type;
		}

		public void setType(CredentialsSettings.@Nullable Type type) {
			this.type = type;
		}

		public @Nullable String getToken() {
			return this.token;
		}

		public void setToken(@Nullable String token) {
			this.token = token;
		}

		public @Nullable String getTokenSource() {
			return this.tokenSource;
		}

		public void setTokenSource(@Nullable String tokenSource) {
			this.tokenSource = tokenSource;
		}

		public @Nullable String getUsername() {
			return this.username;
		}

		public void setUsername(@Nullable String username) {
			this.username = username;
		}

		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
		}

		public @Nullable String getRegistration() {
			return this.registration;
		}

		public void setRegistration(@Nullable String registration) {
			this.registration = registration;
		}

		public boolean isAllowPlaintext() {
			return this.allowPlaintext;
		}

		public void setAllowPlaintext(boolean allowPlaintext) {
			this.allowPlaintext = allowPlaintext;
		}

	}

}
