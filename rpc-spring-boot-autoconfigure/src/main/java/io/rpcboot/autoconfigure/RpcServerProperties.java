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

import io.grpc.TlsServerCredentials.ClientAuth;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.server.RpcServerSettings.OnBlock;
import io.rpcboot.server.admission.AdmissionSettings.Priority;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

/**
 * Properties of the RPC server.
 */
@ConfigurationProperties("rpc.server")
public class RpcServerProperties {

	/**
	 * Address to listen on.
	 */
	private String address = "0.0.0.0";

	/**
	 * Port to listen on; 0 for a random one, -1 for no server.
	 */
	private int port = 9090;

	/**
	 * Largest request message; a larger one fails its call with RESOURCE_EXHAUSTED.
	 */
	private DataSize maxInboundMessageSize = DataSize.ofMegabytes(4);

	/**
	 * Largest set of request headers.
	 */
	private DataSize maxInboundMetadataSize = DataSize.ofKilobytes(8);

	/**
	 * How calls get from the event loop to their handlers: handed over once with the
	 * whole request, or event by event as gRPC does by itself.
	 */
	private Dispatch dispatch = Dispatch.ONE_HOP;

	/**
	 * Where consumers reach this server.
	 */
	private final Advertised advertised = new Advertised();

	/**
	 * Services without the annotation.
	 */
	private final PlainServices plainServices = new PlainServices();

	/**
	 * The gRPC reflection service.
	 */
	private final Reflection reflection = new Reflection();

	/**
	 * Pings on connections.
	 */
	private final Keepalive keepalive = new Keepalive();

	/**
	 * Limits of connections.
	 */
	private final Connection connection = new Connection();

	/**
	 * The pool that runs handlers where virtual threads are not enabled.
	 */
	private final ExecutorPool executor = new ExecutorPool();

	/**
	 * Services declared with @NonBlocking that block all the same.
	 */
	private final NonBlocking nonBlocking = new NonBlocking();

	/**
	 * How the server drains.
	 */
	private final Shutdown shutdown = new Shutdown();

	/**
	 * Checks of requests by Jakarta Bean Validation.
	 */
	private final Validation validation = new Validation();

	/**
	 * Limits of calls with a stream of requests or answers.
	 */
	private final Streams streams = new Streams();

	/**
	 * Calls that run once, however often they are sent.
	 */
	private final Deduplication deduplication = new Deduplication();

	/**
	 * Pools with names, for services that must not take the threads of others.
	 */
	private Map<String, ExecutorPool> executors = new LinkedHashMap<>();

	/**
	 * How single services are run, by their full names.
	 */
	private Map<String, Service> services = new LinkedHashMap<>();

	/**
	 * Which calls are let in; by default all.
	 */
	private final Admission admission = new Admission();

	/**
	 * Meters of calls.
	 */
	private final Metrics metrics = new Metrics();

	/**
	 * Spans of calls.
	 */
	private final Tracing tracing = new Tracing();

	/**
	 * TLS.
	 */
	private final Ssl ssl = new Ssl();

	/**
	 * Limits of what peers may do with connections.
	 */
	private final Limits limits = new Limits();

	/**
	 * Who calls, where there is something that understands credentials.
	 */
	private final Authentication authentication = new Authentication();

	/**
	 * Lines in the log for calls.
	 */
	private final AccessLog accessLog = new AccessLog();

	/**
	 * What lines in the log say that handlers write.
	 */
	private final Mdc mdc = new Mdc();

	public String getAddress() {
		return this.address;
	}

	public void setAddress(String address) {
		this.address = address;
	}

	public int getPort() {
		return this.port;
	}

	public void setPort(int port) {
		this.port = port;
	}

	public DataSize getMaxInboundMessageSize() {
		return this.maxInboundMessageSize;
	}

	public void setMaxInboundMessageSize(DataSize maxInboundMessageSize) {
		this.maxInboundMessageSize = maxInboundMessageSize;
	}

	public DataSize getMaxInboundMetadataSize() {
		return this.maxInboundMetadataSize;
	}

	public void setMaxInboundMetadataSize(DataSize maxInboundMetadataSize) {
		this.maxInboundMetadataSize = maxInboundMetadataSize;
	}

	public Dispatch getDispatch() {
		return this.dispatch;
	}

	public void setDispatch(Dispatch dispatch) {
		this.dispatch = dispatch;
	}

	public Advertised getAdvertised() {
		return this.advertised;
	}

	public PlainServices getPlainServices() {
		return this.plainServices;
	}

	public Reflection getReflection() {
		return this.reflection;
	}

	public Keepalive getKeepalive() {
		return this.keepalive;
	}

	public Connection getConnection() {
		return this.connection;
	}

	public ExecutorPool getExecutor() {
		return this.executor;
	}

	public NonBlocking getNonBlocking() {
		return this.nonBlocking;
	}

	public Shutdown getShutdown() {
		return this.shutdown;
	}

	public Validation getValidation() {
		return this.validation;
	}

	public Streams getStreams() {
		return this.streams;
	}

	public Deduplication getDeduplication() {
		return this.deduplication;
	}

	public Map<String, ExecutorPool> getExecutors() {
		return this.executors;
	}

	public void setExecutors(Map<String, ExecutorPool> executors) {
		this.executors = executors;
	}

	public Map<String, Service> getServices() {
		return this.services;
	}

	public void setServices(Map<String, Service> services) {
		this.services = services;
	}

	public Admission getAdmission() {
		return this.admission;
	}

	public Metrics getMetrics() {
		return this.metrics;
	}

	public Tracing getTracing() {
		return this.tracing;
	}

	public Ssl getSsl() {
		return this.ssl;
	}

	public Limits getLimits() {
		return this.limits;
	}

	public AccessLog getAccessLog() {
		return this.accessLog;
	}

	public Mdc getMdc() {
		return this.mdc;
	}

	public Authentication getAuthentication() {
		return this.authentication;
	}

	/**
	 * Where consumers reach the server.
	 */
	public static final class Advertised {

		/**
		 * Host name or address to announce; found by itself when not set.
		 */
		private @Nullable String host;

		/**
		 * Port to announce; the real one when not set.
		 */
		private @Nullable Integer port;

		/**
		 * Networks in CIDR notation, such as 10.0.0.0/8, to choose the announced address
		 * from.
		 */
		private List<String> networks = new ArrayList<>();

		public @Nullable String getHost() {
			return this.host;
		}

		public void setHost(@Nullable String host) {
			this.host = host;
		}

		public @Nullable Integer getPort() {
			return this.port;
		}

		public void setPort(@Nullable Integer port) {
			this.port = port;
		}

		public List<String> getNetworks() {
			return this.networks;
		}

		public void setNetworks(List<String> networks) {
			this.networks = networks;
		}

	}

	/**
	 * Services without the annotation.
	 */
	public static final class PlainServices {

		/**
		 * Whether BindableService beans without @RpcService are served too. Beside Spring
		 * Boot's own gRPC server they never are.
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
	 * The gRPC reflection service.
	 */
	public static final class Reflection {

		/**
		 * Whether tools may ask for the services and their schemas.
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
	 * Pings on connections.
	 */
	public static final class Keepalive {

		/**
		 * Silence after which the server pings a connection.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration time = Duration.ofHours(2);

		/**
		 * How long a ping may stay unanswered before the connection is closed.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration timeout = Duration.ofSeconds(20);

		/**
		 * Shortest interval at which clients may ping; one that pings faster is
		 * disconnected.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration permitTime = Duration.ofSeconds(10);

		/**
		 * Whether clients may ping while they have no call.
		 */
		private boolean permitWithoutCalls = true;

		public Duration getTime() {
			return this.time;
		}

		public void setTime(Duration time) {
			this.time = time;
		}

		public Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(Duration timeout) {
			this.timeout = timeout;
		}

		public Duration getPermitTime() {
			return this.permitTime;
		}

		public void setPermitTime(Duration permitTime) {
			this.permitTime = permitTime;
		}

		public boolean isPermitWithoutCalls() {
			return this.permitWithoutCalls;
		}

		public void setPermitWithoutCalls(boolean permitWithoutCalls) {
			this.permitWithoutCalls = permitWithoutCalls;
		}

	}

	/**
	 * Limits of connections.
	 */
	public static final class Connection {

		/**
		 * Age at which a connection is asked to be replaced; never when not set.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration maxAge;

		/**
		 * How long calls may go on over a connection that has reached its age; for ever
		 * when not set.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration maxAgeGrace;

		/**
		 * How long a connection may have no call before it is closed; for ever when not
		 * set.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration maxIdle;

		/**
		 * Most calls at one time over one connection; further ones wait in the client.
		 */
		private @Nullable Integer maxConcurrentCalls = 1000;

		public @Nullable Duration getMaxAge() {
			return this.maxAge;
		}

		public void setMaxAge(@Nullable Duration maxAge) {
			this.maxAge = maxAge;
		}

		public @Nullable Duration getMaxAgeGrace() {
			return this.maxAgeGrace;
		}

		public void setMaxAgeGrace(@Nullable Duration maxAgeGrace) {
			this.maxAgeGrace = maxAgeGrace;
		}

		public @Nullable Duration getMaxIdle() {
			return this.maxIdle;
		}

		public void setMaxIdle(@Nullable Duration maxIdle) {
			this.maxIdle = maxIdle;
		}

		public @Nullable Integer getMaxConcurrentCalls() {
			return this.maxConcurrentCalls;
		}

		public void setMaxConcurrentCalls(@Nullable Integer maxConcurrentCalls) {
			this.maxConcurrentCalls = maxConcurrentCalls;
		}

	}

	/**
	 * The pool that runs handlers.
	 */
	public static final class ExecutorPool {

		/**
		 * Most threads that run handlers.
		 */
		private int threads = 64;

		/**
		 * How many calls may wait for a thread before new ones are refused with
		 * RESOURCE_EXHAUSTED.
		 */
		private int queueCapacity = 10000;

		public int getThreads() {
			return this.threads;
		}

		public void setThreads(int threads) {
			this.threads = threads;
		}

		public int getQueueCapacity() {
			return this.queueCapacity;
		}

		public void setQueueCapacity(int queueCapacity) {
			this.queueCapacity = queueCapacity;
		}

	}

	/**
	 * Services declared with @NonBlocking that block all the same.
	 */
	public static final class NonBlocking {

		/**
		 * How long a service may hold its event loop before it counts as blocking.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration maxDelay = Duration.ofMillis(20);

		/**
		 * What is done about a service that blocks: it is named in the log, or named and
		 * moved to the server's handlers until the next start.
		 */
		private OnBlock onBlock = OnBlock.WARN;

		public Duration getMaxDelay() {
			return this.maxDelay;
		}

		public void setMaxDelay(Duration maxDelay) {
			this.maxDelay = maxDelay;
		}

		public OnBlock getOnBlock() {
			return this.onBlock;
		}

		public void setOnBlock(OnBlock onBlock) {
			this.onBlock = onBlock;
		}

	}

	/**
	 * How the server drains.
	 */
	public static final class Shutdown {

		/**
		 * How long no new call may have come before the listener closes.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration quietPeriod = Duration.ofSeconds(1);

		/**
		 * Longest wait for the quiet period.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration quietPeriodMax = Duration.ofSeconds(10);

		/**
		 * Total from the signal to the end; calls still running then are cut off.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration gracePeriod = Duration.ofSeconds(30);

		public Duration getQuietPeriod() {
			return this.quietPeriod;
		}

		public void setQuietPeriod(Duration quietPeriod) {
			this.quietPeriod = quietPeriod;
		}

		public Duration getQuietPeriodMax() {
			return this.quietPeriodMax;
		}

		public void setQuietPeriodMax(Duration quietPeriodMax) {
			this.quietPeriodMax = quietPeriodMax;
		}

		public Duration getGracePeriod() {
			return this.gracePeriod;
		}

		public void setGracePeriod(Duration gracePeriod) {
			this.gracePeriod = gracePeriod;
		}

	}

	/**
	 * Checks of requests.
	 */
	public static final class Validation {

		/**
		 * Whether requests are checked by the Jakarta Validator bean, if there is one.
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
	 * How one service is run.
	 */
	public static final class Service {

		/**
		 * Name of the pool of rpc.server.executors, or of the executor bean, that runs
		 * its handlers; stronger than the annotation.
		 */
		private @Nullable String executor;

		public @Nullable String getExecutor() {
			return this.executor;
		}

		public void setExecutor(@Nullable String executor) {
			this.executor = executor;
		}

	}

	/**
	 * Limits of calls with a stream of requests or answers.
	 */
	public static final class Streams {

		/**
		 * Age at which a stream is ended with ABORTED, 10 % more or less so that streams
		 * do not end together; never when not set.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration maxAge;

		/**
		 * How long before that the handler is told; when not set, a tenth of the age and
		 * 10 s at most.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration maxAgeNotice;

		/**
		 * How long a client may take nothing while messages wait for it before its stream
		 * is ended with RESOURCE_EXHAUSTED; 0 for ever.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration slowConsumerTimeout = Duration.ofMinutes(5);

		/**
		 * How far a handler may send ahead of a slow client before its thread waits; 0
		 * for no bound but the heap.
		 */
		private DataSize maxBuffered = DataSize.ofKilobytes(256);

		/**
		 * Limits by method or service, such as [demo.Greeter/Watch]; what is not set
		 * there is as above.
		 */
		private Map<String, StreamMethod> methods = new LinkedHashMap<>();

		public @Nullable Duration getMaxAge() {
			return this.maxAge;
		}

		public void setMaxAge(@Nullable Duration maxAge) {
			this.maxAge = maxAge;
		}

		public @Nullable Duration getMaxAgeNotice() {
			return this.maxAgeNotice;
		}

		public void setMaxAgeNotice(@Nullable Duration maxAgeNotice) {
			this.maxAgeNotice = maxAgeNotice;
		}

		public Duration getSlowConsumerTimeout() {
			return this.slowConsumerTimeout;
		}

		public void setSlowConsumerTimeout(Duration slowConsumerTimeout) {
			this.slowConsumerTimeout = slowConsumerTimeout;
		}

		public DataSize getMaxBuffered() {
			return this.maxBuffered;
		}

		public void setMaxBuffered(DataSize maxBuffered) {
			this.maxBuffered = maxBuffered;
		}

		public Map<String, StreamMethod> getMethods() {
			return this.methods;
		}

		public void setMethods(Map<String, StreamMethod> methods) {
			this.methods = methods;
		}

	}

	/**
	 * Limits of the streams of one method or service.
	 */
	public static final class StreamMethod {

		/**
		 * Age at which a stream is ended; 0 for never.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration maxAge;

		/**
		 * How long before that the handler is told.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration maxAgeNotice;

		/**
		 * How long a client may take nothing while messages wait for it; 0 for ever.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration slowConsumerTimeout;

		/**
		 * How far a handler may send ahead of a slow client; 0 for no bound.
		 */
		private @Nullable DataSize maxBuffered;

		public @Nullable Duration getMaxAge() {
			return this.maxAge;
		}

		public void setMaxAge(@Nullable Duration maxAge) {
			this.maxAge = maxAge;
		}

		public @Nullable Duration getMaxAgeNotice() {
			return this.maxAgeNotice;
		}

		public void setMaxAgeNotice(@Nullable Duration maxAgeNotice) {
			this.maxAgeNotice = maxAgeNotice;
		}

		public @Nullable Duration getSlowConsumerTimeout() {
			return this.slowConsumerTimeout;
		}

		public void setSlowConsumerTimeout(@Nullable Duration slowConsumerTimeout) {
			this.slowConsumerTimeout = slowConsumerTimeout;
		}

		public @Nullable DataSize getMaxBuffered() {
			return this.maxBuffered;
		}

		public void setMaxBuffered(@Nullable DataSize maxBuffered) {
			this.maxBuffered = maxBuffered;
		}

	}

	/**
	 * Calls that run once, however often they are sent.
	 */
	public static final class Deduplication {

		/**
		 * Methods that honour the id of a call, as package.Service/Method, or as
		 * package.Service for all its unary methods; besides those with @Deduplicated.
		 */
		private List<String> methods = new ArrayList<>();

		/**
		 * Deduplicated methods or services whose calls may run here although they may
		 * have run on another instance; other ones are answered ABORTED then.
		 */
		private List<String> otherInstances = new ArrayList<>();

		/**
		 * Most memory for recorded answers; when it is full the oldest go first.
		 */
		private DataSize maxBytes = DataSize.ofMegabytes(64);

		/**
		 * How long an answer is kept after the call has ended.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration retention = Duration.ofSeconds(60);

		/**
		 * How long a call without a deadline may run, since no cut connection stops it.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration maxRunTime = Duration.ofSeconds(60);

		public List<String> getMethods() {
			return this.methods;
		}

		public void setMethods(List<String> methods) {
			this.methods = methods;
		}

		public List<String> getOtherInstances() {
			return this.otherInstances;
		}

		public void setOtherInstances(List<String> otherInstances) {
			this.otherInstances = otherInstances;
		}

		public DataSize getMaxBytes() {
			return this.maxBytes;
		}

		public void setMaxBytes(DataSize maxBytes) {
			this.maxBytes = maxBytes;
		}

		public Duration getRetention() {
			return this.retention;
		}

		public void setRetention(Duration retention) {
			this.retention = retention;
		}

		public Duration getMaxRunTime() {
			return this.maxRunTime;
		}

		public void setMaxRunTime(Duration maxRunTime) {
			this.maxRunTime = maxRunTime;
		}

	}

	/**
	 * Which calls are let in.
	 */
	public static final class Admission {

		/**
		 * Whether calls over a limit are only counted and logged, not refused.
		 */
		private boolean dryRun = false;

		/**
		 * What holds for each service that says nothing else.
		 */
		private final Limit defaults = new Limit();

		/**
		 * Limits by full names of services, such as [demo.Greeter].
		 */
		private Map<String, Limit> services = new LinkedHashMap<>();

		/**
		 * Limits by full names of methods, such as [demo.Greeter/SayHello]; with a
		 * max-concurrent of its own a method no longer counts towards its service.
		 */
		private Map<String, Limit> methods = new LinkedHashMap<>();

		/**
		 * A limit that follows how long calls take.
		 */
		private final Adaptive adaptive = new Adaptive();

		/**
		 * Rates of callers.
		 */
		private final Callers callers = new Callers();

		public boolean isDryRun() {
			return this.dryRun;
		}

		public void setDryRun(boolean dryRun) {
			this.dryRun = dryRun;
		}

		public Limit getDefaults() {
			return this.defaults;
		}

		public Map<String, Limit> getServices() {
			return this.services;
		}

		public void setServices(Map<String, Limit> services) {
			this.services = services;
		}

		public Map<String, Limit> getMethods() {
			return this.methods;
		}

		public void setMethods(Map<String, Limit> methods) {
			this.methods = methods;
		}

		public Adaptive getAdaptive() {
			return this.adaptive;
		}

		public Callers getCallers() {
			return this.callers;
		}

		/**
		 * How many calls run at a time, and how many wait.
		 */
		public static final class Limit {

			/**
			 * Most calls that run at a time, streams included until they close; further
			 * ones wait, holding no thread. Any number when not set.
			 */
			private @Nullable Integer maxConcurrent;

			/**
			 * Most calls that wait, 0 for none; as many as may run when not set.
			 */
			private @Nullable Integer queueCapacity;

			/**
			 * Longest wait, after which a call is refused unexecuted; 100ms when not set.
			 */
			@DurationUnit(ChronoUnit.SECONDS)
			private @Nullable Duration maxQueueTime;

			/**
			 * Whether calls go before those of normal priority, take their place in a
			 * full queue, and pass the adaptive limit; not when not set.
			 */
			private @Nullable Priority priority;

			public @Nullable Integer getMaxConcurrent() {
				return this.maxConcurrent;
			}

			public void setMaxConcurrent(@Nullable Integer maxConcurrent) {
				this.maxConcurrent = maxConcurrent;
			}

			public @Nullable Integer getQueueCapacity() {
				return this.queueCapacity;
			}

			public void setQueueCapacity(@Nullable Integer queueCapacity) {
				this.queueCapacity = queueCapacity;
			}

			public @Nullable Duration getMaxQueueTime() {
				return this.maxQueueTime;
			}

			public void setMaxQueueTime(@Nullable Duration maxQueueTime) {
				this.maxQueueTime = maxQueueTime;
			}

			public @Nullable Priority getPriority() {
				return this.priority;
			}

			public void setPriority(@Nullable Priority priority) {
				this.priority = priority;
			}

		}

		/**
		 * A limit for each service that follows how long its calls take.
		 */
		public static final class Adaptive {

			/**
			 * Whether there is one.
			 */
			private boolean enabled = false;

			/**
			 * Least number of calls that may run at a time.
			 */
			private int minLimit = 20;

			/**
			 * Most calls that may run at a time.
			 */
			private int maxLimit = 200;

			/**
			 * Share of the processors, used by this process, from which the limit
			 * applies; 1 to 100.
			 */
			private int cpuPercent = 90;

			/**
			 * Average wait for a thread from which the limit applies.
			 */
			@DurationUnit(ChronoUnit.SECONDS)
			private Duration maxQueueDelay = Duration.ofMillis(20);

			public boolean isEnabled() {
				return this.enabled;
			}

			public void setEnabled(boolean enabled) {
				this.enabled = enabled;
			}

			public int getMinLimit() {
				return this.minLimit;
			}

			public void setMinLimit(int minLimit) {
				this.minLimit = minLimit;
			}

			public int getMaxLimit() {
				return this.maxLimit;
			}

			public void setMaxLimit(int maxLimit) {
				this.maxLimit = maxLimit;
			}

			public int getCpuPercent() {
				return this.cpuPercent;
			}

			public void setCpuPercent(int cpuPercent) {
				this.cpuPercent = cpuPercent;
			}

			public Duration getMaxQueueDelay() {
				return this.maxQueueDelay;
			}

			public void setMaxQueueDelay(Duration maxQueueDelay) {
				this.maxQueueDelay = maxQueueDelay;
			}

		}

		/**
		 * Rates of callers, known by the header rpc-caller or a CallerIdentity bean.
		 */
		public static final class Callers {

			/**
			 * Rate of each caller that has none of its own.
			 */
			private final Rate defaults = new Rate();

			/**
			 * Rates by the names of callers.
			 */
			private Map<String, Rate> named = new LinkedHashMap<>();

			/**
			 * How many callers are told apart; further ones share one rate.
			 */
			private int maxTracked = 10000;

			public Rate getDefaults() {
				return this.defaults;
			}

			public Map<String, Rate> getNamed() {
				return this.named;
			}

			public void setNamed(Map<String, Rate> named) {
				this.named = named;
			}

			public int getMaxTracked() {
				return this.maxTracked;
			}

			public void setMaxTracked(int maxTracked) {
				this.maxTracked = maxTracked;
			}

		}

		/**
		 * A rate of calls.
		 */
		public static final class Rate {

			/**
			 * Calls a second in the long run; unlimited when not set.
			 */
			private @Nullable Double rate;

			/**
			 * Calls at once after a pause; those of a second when not set.
			 */
			private @Nullable Integer burst;

			public @Nullable Double getRate() {
				return this.rate;
			}

			public void setRate(@Nullable Double rate) {
				this.rate = rate;
			}

			public @Nullable Integer getBurst() {
				return this.burst;
			}

			public void setBurst(@Nullable Integer burst) {
				this.burst = burst;
			}

		}

	}

	/**
	 * Meters of calls.
	 */
	public static final class Metrics {

		/**
		 * Whether calls are metered as gRFC A66 has it, where there is a meter registry.
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
		 * Name of the SSL bundle with the server's certificate; plaintext when not set.
		 */
		private @Nullable String bundle;

		/**
		 * Whether clients show a certificate: none is asked for, one is verified if it is
		 * there, or there must be one.
		 */
		private ClientAuth clientAuth = ClientAuth.NONE;

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

		public ClientAuth getClientAuth() {
			return this.clientAuth;
		}

		public void setClientAuth(ClientAuth clientAuth) {
			this.clientAuth = clientAuth;
		}

	}

	/**
	 * Limits of what peers may do with connections.
	 */
	public static final class Limits {

		/**
		 * Most connections at a time; further ones are closed at once. 0 for any number.
		 */
		private int maxConnections = 10000;

		/**
		 * Most connections at a time from one address, of IPv6 from one network of 64
		 * bits; 0 for any number.
		 */
		private int maxConnectionsPerPeer = 1000;

		/**
		 * How long a peer may take to begin to speak HTTP/2, TLS included.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration handshakeTimeout = Duration.ofSeconds(10);

		/**
		 * How long one frame, or the headers of one request, may take to arrive before
		 * the connection is closed; 0 for ever.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration frameTimeout = Duration.ofSeconds(30);

		/**
		 * How long the request may take to arrive of a call that has one request message,
		 * before the call is cancelled; 0 for ever.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration requestTimeout = Duration.ofSeconds(60);

		/**
		 * How long a client may take to take the answer of a call that has one answer
		 * message, before the call is cancelled; 0 for ever.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration answerTimeout = Duration.ofSeconds(60);

		/**
		 * How often a client may reset its calls within the window before its connection
		 * is closed; 0 for any number.
		 */
		private int maxResets = 10000;

		/**
		 * The window in which resets are counted, in whole seconds.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration resetWindow = Duration.ofSeconds(5);

		public int getMaxConnections() {
			return this.maxConnections;
		}

		public void setMaxConnections(int maxConnections) {
			this.maxConnections = maxConnections;
		}

		public int getMaxConnectionsPerPeer() {
			return this.maxConnectionsPerPeer;
		}

		public void setMaxConnectionsPerPeer(int maxConnectionsPerPeer) {
			this.maxConnectionsPerPeer = maxConnectionsPerPeer;
		}

		public Duration getHandshakeTimeout() {
			return this.handshakeTimeout;
		}

		public void setHandshakeTimeout(Duration handshakeTimeout) {
			this.handshakeTimeout = handshakeTimeout;
		}

		public Duration getFrameTimeout() {
			return this.frameTimeout;
		}

		public void setFrameTimeout(Duration frameTimeout) {
			this.frameTimeout = frameTimeout;
		}

		public Duration getRequestTimeout() {
			return this.requestTimeout;
		}

		public void setRequestTimeout(Duration requestTimeout) {
			this.requestTimeout = requestTimeout;
		}

		public Duration getAnswerTimeout() {
			return this.answerTimeout;
		}

		public void setAnswerTimeout(Duration answerTimeout) {
			this.answerTimeout = answerTimeout;
		}

		public int getMaxResets() {
			return this.maxResets;
		}

		public void setMaxResets(int maxResets) {
			this.maxResets = maxResets;
		}

		public Duration getResetWindow() {
			return this.resetWindow;
		}

		public void setResetWindow(Duration resetWindow) {
			this.resetWindow = resetWindow;
		}

	}

	/**
	 * Lines in the log for calls.
	 */
	public static final class AccessLog {

		/**
		 * Whether each call has a line, of the logger rpc.access.
		 */
		private boolean enabled = false;

		/**
		 * Time from which a unary call has a line of the logger rpc.slow, whether or not
		 * the access log is enabled; none has when not set.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private @Nullable Duration slowThreshold;

		/**
		 * Services or methods whose calls have no line, as package.Service or
		 * package.Service/Method; health checks when not set.
		 */
		private List<String> exclude = new ArrayList<>(List.of("grpc.health.v1.Health"));

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public @Nullable Duration getSlowThreshold() {
			return this.slowThreshold;
		}

		public void setSlowThreshold(@Nullable Duration slowThreshold) {
			this.slowThreshold = slowThreshold;
		}

		public List<String> getExclude() {
			return this.exclude;
		}

		public void setExclude(List<String> exclude) {
			this.exclude = exclude;
		}

	}

	/**
	 * What lines in the log say that handlers write.
	 */
	public static final class Mdc {

		/**
		 * Whether the logging context of a handler has the method and the peer of its
		 * call, and the id of its trace.
		 */
		private boolean enabled = false;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

	/**
	 * Who calls.
	 */
	public static final class Authentication {

		/**
		 * Whether calls without credentials are refused; when not set, they are where
		 * there is something that understands credentials.
		 */
		private @Nullable Boolean required;

		/**
		 * Methods, or services for all their methods, that may be called without
		 * credentials all the same.
		 */
		private Set<String> openMethods = new LinkedHashSet<>();

		/**
		 * Whether reflection needs credentials.
		 */
		private boolean protectReflection;

		/**
		 * Whether the health of a single service needs credentials; that of the whole
		 * server never does.
		 */
		private boolean protectHealthDetail;

		/**
		 * Bearer tokens, where Spring Security has a JwtDecoder or an
		 * OpaqueTokenIntrospector.
		 */
		private final Bearer bearer = new Bearer();

		/**
		 * Names and passwords, where Spring Security has a UserDetailsService.
		 */
		private final Basic basic = new Basic();

		/**
		 * Certificates of clients, where there is Spring Security.
		 */
		private final X509 x509 = new X509();

		public @Nullable Boolean getRequired() {
			return this.required;
		}

		public void setRequired(@Nullable Boolean required) {
			this.required = required;
		}

		public Set<String> getOpenMethods() {
			return this.openMethods;
		}

		public void setOpenMethods(Set<String> openMethods) {
			this.openMethods = openMethods;
		}

		public boolean isProtectReflection() {
			return this.protectReflection;
		}

		public void setProtectReflection(boolean protectReflection) {
			this.protectReflection = protectReflection;
		}

		public boolean isProtectHealthDetail() {
			return this.protectHealthDetail;
		}

		public void setProtectHealthDetail(boolean protectHealthDetail) {
			this.protectHealthDetail = protectHealthDetail;
		}

		public Bearer getBearer() {
			return this.bearer;
		}

		public Basic getBasic() {
			return this.basic;
		}

		public X509 getX509() {
			return this.x509;
		}

		/**
		 * Bearer tokens.
		 */
		public static final class Bearer {

			/**
			 * Whether bearer tokens are understood.
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
		 * Names and passwords.
		 */
		public static final class Basic {

			/**
			 * Whether names and passwords are understood.
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
		 * Certificates of clients.
		 */
		public static final class X509 {

			/**
			 * Whether the certificate of a connection says who calls.
			 */
			private boolean enabled;

			public boolean isEnabled() {
				return this.enabled;
			}

			public void setEnabled(boolean enabled) {
				this.enabled = enabled;
			}

		}

	}

}
