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
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.InsecureChannelCredentials;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.client.attempt.AttemptCounters;
import io.rpcboot.client.attempt.AttemptEngine;
import io.rpcboot.client.attempt.AttemptTracing;
import io.rpcboot.client.attempt.ReadOnlyTracerFactory;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.client.balancer.BalancingExplanation;
import io.rpcboot.client.balancer.policy.LoadBalancingPolicy;
import io.rpcboot.client.balancer.policy.Policies;
import io.rpcboot.client.resolver.RpcNameResolverProvider;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.dispatch.ClientDispatch;
import io.rpcboot.dispatch.ClientLoops;
import io.rpcboot.dispatch.WakeOnePool;
import io.rpcboot.registry.ServiceDiscovery;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * The outgoing channels of an application context: one for each application and effective
 * configuration, shared by all stubs, never idle. They close after the RPC server and the
 * web server have drained, because calls in flight there need them.
 */
public final class RpcChannels implements SmartLifecycle, AutoCloseable {

	/**
	 * The phase: below the web server's, which is 2048 below the default.
	 */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 3072;

	private static final Logger logger = LoggerFactory.getLogger(RpcChannels.class);

	/** What gRPC knows our policies by. */
	private static final String PREFIX = "rpc_";

	private static final long NEVER_IDLE_DAYS = 365_000;

	private static final Duration GRACE = Duration.ofSeconds(10);

	private final RpcClientSettings settings;

	private final SubsetSettings subsets;

	private final ServiceDiscovery discovery;

	private final BalancerContext balancing;

	private final List<RpcChannelCustomizer> customizers;

	private final List<ClientInterceptor> blocking;

	private final List<ClientInterceptor> nonBlocking;

	private final AttemptEngine attempts;

	private final Function<String, @Nullable Duration> connectTimeouts;

	private final @Nullable CallObservation observation;

	private final Function<String, ChannelCredentials> credentials;

	private final @Nullable WakeOnePool pool;

	/** Made with the first channel. */
	private @Nullable ClientLoops loops;

	private final RpcNameResolverProvider resolvers;

	/** Resolves to every instance although a subset is set. */
	private final RpcNameResolverProvider wholeSets;

	private final Map<Key, ReferenceChannel> channels = new ConcurrentHashMap<>();

	private volatile boolean running;

	/**
	 * Creates the channels; none is open yet.
	 * @param settings how to call
	 * @param subsets of which applications a subset of the instances is used
	 * @param discovery where applications are looked up
	 * @param balancing what the channels share
	 * @param customizers adjust each channel, in this order
	 * @param interceptors apply to each call, outermost first
	 */
	public RpcChannels(RpcClientSettings settings, SubsetSettings subsets, ServiceDiscovery discovery,
			BalancerContext balancing, List<RpcChannelCustomizer> customizers, List<ClientInterceptor> interceptors) {
		this(settings, subsets, discovery, balancing, customizers, interceptors, (application) -> null, null);
	}

	/**
	 * Creates the channels; none is open yet.
	 * @param settings how to call
	 * @param subsets of which applications a subset of the instances is used
	 * @param discovery where applications are looked up
	 * @param balancing what the channels share
	 * @param customizers adjust each channel, in this order
	 * @param interceptors apply to each call, outermost first
	 * @param connectTimeouts how long connecting to an instance of an application may
	 * take, 1 ms or more; {@code null} for as long as gRPC likes
	 * @param observation sees each attempt; {@code null} for nobody
	 */
	public RpcChannels(RpcClientSettings settings, SubsetSettings subsets, ServiceDiscovery discovery,
			BalancerContext balancing, List<RpcChannelCustomizer> customizers, List<ClientInterceptor> interceptors,
			Function<String, @Nullable Duration> connectTimeouts, @Nullable CallObservation observation) {
		this(settings, subsets, discovery, balancing, customizers, interceptors, connectTimeouts, observation,
				(application) -> InsecureChannelCredentials.create());
	}

	/**
	 * Creates the channels; none is open yet.
	 * @param settings how to call
	 * @param subsets of which applications a subset of the instances is used
	 * @param discovery where applications are looked up
	 * @param balancing what the channels share
	 * @param customizers adjust each channel, in this order
	 * @param interceptors apply to each call, outermost first
	 * @param connectTimeouts how long connecting to an instance of an application may
	 * take, 1 ms or more; {@code null} for as long as gRPC likes
	 * @param observation sees each attempt; {@code null} for nobody
	 * @param credentials the TLS of the channel to an application, or that there is none;
	 * asked once for each channel
	 */
	public RpcChannels(RpcClientSettings settings, SubsetSettings subsets, ServiceDiscovery discovery,
			BalancerContext balancing, List<RpcChannelCustomizer> customizers, List<ClientInterceptor> interceptors,
			Function<String, @Nullable Duration> connectTimeouts, @Nullable CallObservation observation,
			Function<String, ChannelCredentials> credentials) {
		this.credentials = credentials;
		this.connectTimeouts = connectTimeouts;
		this.observation = observation;
		this.settings = settings;
		this.subsets = subsets;
		this.discovery = discovery;
		this.balancing = balancing;
		this.customizers = List.copyOf(customizers);
		Executor executor = settings.callbacks().virtualThreads();
		if (executor == null) {
			this.pool = new WakeOnePool("rpc-callback-", settings.callbacks().threads());
			executor = this.pool;
		}
		else {
			this.pool = null;
		}
		// The attempts are the innermost, so that an interceptor sees one call; the
		// hand-over comes next, so that its callbacks may block.
		this.attempts = new AttemptEngine(settings.caller(), !customizers.isEmpty(), CarriedHeaders::add,
				(task, delayNanos) -> loops().schedule(task, delayNanos));
		// A key may be in the headers that an interceptor adds.
		ClientInterceptor hashKeys = new HashKeyInterceptor();
		this.nonBlocking = concat(interceptors, hashKeys);
		this.blocking = concat(interceptors, hashKeys, new ClientDispatch(executor));
		Function<String, ServiceDiscovery> whole = (application) -> discovery(application, discovery);
		SubsetDiscovery some = new SubsetDiscovery(discovery, subsets);
		this.wholeSets = new RpcNameResolverProvider(whole, balancing);
		this.resolvers = new RpcNameResolverProvider((application) -> {
			ServiceDiscovery all = whole.apply(application);
			if (all instanceof MergedDiscovery) {
				// Warns, if a subset is set: consumers are known in one namespace only.
				return new SubsetDiscovery(all, subsets);
			}
			return all.equals(discovery) ? some : all;
		}, balancing);
	}

	@Override
	public void start() {
		this.running = true;
		this.channels.values().forEach(ReferenceChannel::reopen);
	}

	@Override
	public void stop() {
		this.running = false;
		long end = System.nanoTime() + GRACE.toNanos();
		this.channels.values().forEach(ReferenceChannel::shutdown);
		try {
			for (ReferenceChannel channel : this.channels.values()) {
				channel.awaitTermination(end - System.nanoTime());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (!this.channels.isEmpty()) {
			logger.info("Closed {} RPC channels", this.channels.size());
		}
	}

	@Override
	public void stop(Runnable callback) {
		new Thread(() -> {
			try {
				stop();
			}
			finally {
				callback.run();
			}
		}, "rpc-channels-stop").start();
	}

	/**
	 * Cuts what is still open, as after a start that failed, when nobody calls
	 * {@link #stop()}.
	 */
	@Override
	public void close() {
		this.attempts.close();
		this.channels.values().forEach(ReferenceChannel::shutdownNow);
		if (this.pool != null) {
			this.pool.close();
		}
		synchronized (this.channels) {
			if (this.loops != null) {
				this.loops.close();
			}
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * Says that there will be a channel to an application in a moment: the registry
	 * connects while that is made.
	 */
	void prepare(String application) {
		if (this.settings.reference(application).addresses().isEmpty()) {
			this.discovery.prepare();
		}
	}

	/**
	 * Returns the channel to an application, opened at the first need. The policies of
	 * this library and those of the user's beans share one; but one that places by key
	 * needs every instance, where the others have a subset.
	 * @param application the application
	 * @param loadBalancing the name of the policy
	 * @param everybody whether calls may need an instance that is not in the subset
	 * @param nonBlockingCallbacks whether callbacks run on the event loop
	 * @return the channel that all references of this configuration share
	 * @throws IllegalArgumentException if there is no such policy
	 */
	Channel channel(String application, String loadBalancing, boolean everybody, boolean nonBlockingCallbacks) {
		LoadBalancingPolicy policy = policy(loadBalancing);
		Key wanted = (policy != null)
				? new Key(application, null,
						(everybody || policy.placesByKey()) && this.subsets.sizeOf(application) > 0)
				: new Key(application, loadBalancing, false);
		Channel channel = this.channels.computeIfAbsent(wanted, (key) -> new ReferenceChannel(() -> open(key)));
		if (policy == null) {
			channel = ClientInterceptors.intercept(channel, new AttemptTracing());
		}
		return ClientInterceptors.interceptForward(channel, concat(
				nonBlockingCallbacks ? this.nonBlocking : this.blocking, this.attempts.interceptor(application)));
	}

	/**
	 * Returns what makes a tracer for each attempt of the calls of a method.
	 * @param application the application
	 * @param method the method
	 * @return makes the tracers; {@code null} if nobody sees the attempts
	 */
	@Nullable ReadOnlyTracerFactory tracers(String application, MethodDescriptor<?, ?> method) {
		return (this.observation != null) ? new ReadOnlyTracerFactory(this.observation.attempts(application, method))
				: null;
	}

	/**
	 * Returns the applications to which there are channels.
	 * @return their names, in order
	 */
	public SortedSet<String> applications() {
		SortedSet<String> names = new TreeSet<>();
		this.channels.keySet().forEach((key) -> names.add(key.application()));
		return names;
	}

	/**
	 * Returns how the channels to an application stand, by whatever policy they balance.
	 * @param application the application
	 * @return the best of their states, {@code IDLE} taken for {@code CONNECTING};
	 * {@code SHUTDOWN} if there are none
	 */
	public ConnectivityState connection(String application) {
		List<ConnectivityState> states = this.channels.entrySet()
			.stream()
			.filter((channel) -> channel.getKey().application().equals(application))
			.map((channel) -> channel.getValue().state())
			.toList();
		if (states.contains(ConnectivityState.READY)) {
			return ConnectivityState.READY;
		}
		if (states.contains(ConnectivityState.CONNECTING) || states.contains(ConnectivityState.IDLE)) {
			return ConnectivityState.CONNECTING;
		}
		return states.contains(ConnectivityState.TRANSIENT_FAILURE) ? ConnectivityState.TRANSIENT_FAILURE
				: ConnectivityState.SHUTDOWN;
	}

	/**
	 * Returns what became of the attempts of the calls to an application.
	 * @param application the application
	 * @return counters that go on counting
	 */
	public AttemptCounters attempts(String application) {
		return this.attempts.counters(application);
	}

	/**
	 * Returns a policy that a reference names.
	 * @param name its name, with or without the {@code rpc_} that gRPC knows it by
	 * @return the policy; {@code null} if it is gRPC's or of another provider
	 * @throws IllegalArgumentException if there is no such policy
	 */
	@Nullable LoadBalancingPolicy policy(String name) {
		LoadBalancingPolicy policy = this.balancing.policies()
			.get(name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name);
		if (policy == null && LoadBalancerRegistry.getDefaultRegistry().getProvider(name) == null) {
			throw new IllegalArgumentException("load balancing policy: '" + name + "' (expected: one of "
					+ this.balancing.policies().keySet().stream().sorted().toList()
					+ ", or the name of a LoadBalancerProvider on the class path)");
		}
		return policy;
	}

	/**
	 * Returns the policy of calls to an application that name none.
	 * @param application the application
	 * @return its name
	 */
	String standardPolicy(String application) {
		String set = this.settings.reference(application).loadBalancing();
		LoadBalancingPolicy policy = policy((set != null) ? set : this.settings.defaults().loadBalancing());
		return (policy != null) ? policy.name() : Policies.DEFAULT;
	}

	/**
	 * Explains where calls go.
	 * @param application the application
	 * @param route what of a call decides
	 * @param key the hash key of the call; {@code null} for none
	 * @return one for each open channel
	 */
	List<CompletableFuture<BalancingExplanation>> explain(String application, CallRoute route, @Nullable String key) {
		return this.balancing.explain(application, route, key);
	}

	/**
	 * Gives an instance another weight; {@code null} for what its record says.
	 */
	void weigh(String application, String instanceId, @Nullable Integer weight) {
		this.balancing.weigh(application, instanceId, weight);
	}

	/**
	 * Gives the instances of an application the weights that their records say.
	 */
	void resetWeights(String application) {
		this.balancing.resetWeights(application);
	}

	/**
	 * Tells whether the current thread is one that the callbacks of all calls share.
	 */
	boolean isCallbackThread() {
		return this.pool != null && this.pool.isCurrentThread();
	}

	private ClientLoops loops() {
		synchronized (this.channels) {
			if (this.loops == null) {
				this.loops = new ClientLoops();
			}
			return this.loops;
		}
	}

	/**
	 * Opens a channel. gRPC's way to choose a transport would load each that it finds, so
	 * jetcd's Netty too, before the first call.
	 */
	@SuppressWarnings("deprecation") // The one way to give such a builder a resolver.
	private ManagedChannel open(Key key) {
		Reference reference = this.settings.reference(key.application());
		Integer maxInbound = reference.maxInboundMessageSize();
		NettyChannelBuilder builder = NettyChannelBuilder.forTarget(
				RpcNameResolverProvider.SCHEME + ":///" + key.application(), this.credentials.apply(key.application()));
		loops().applyTo(builder);
		builder.nameResolverFactory(key.whole() ? this.wholeSets : this.resolvers)
			.defaultServiceConfig(Map.of("loadBalancingConfig", List.of(balancing(key)), "healthCheckConfig",
					Map.of("serviceName", "")))
			.directExecutor()
			.disableRetry()
			.idleTimeout(NEVER_IDLE_DAYS, TimeUnit.DAYS)
			.maxInboundMessageSize(
					(maxInbound != null) ? maxInbound : this.settings.defaults().maxInboundMessageSize());
		if (reference.authority() != null) {
			builder.overrideAuthority(reference.authority());
		}
		Duration connectTimeout = this.connectTimeouts.apply(key.application());
		if (connectTimeout != null) {
			builder.withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis());
		}
		this.customizers.forEach((customizer) -> customizer.customize(key.application(), builder));
		return builder.build();
	}

	private ServiceDiscovery discovery(String application, ServiceDiscovery registry) {
		Reference reference = this.settings.reference(application);
		if (!reference.addresses().isEmpty()) {
			return new StaticDiscovery(application, reference.addresses());
		}
		List<String> namespaces = reference.routing().namespaces();
		return namespaces.isEmpty() ? registry : new MergedDiscovery(registry, namespaces);
	}

	private static List<ClientInterceptor> concat(List<ClientInterceptor> outer, ClientInterceptor... inner) {
		return Stream.concat(outer.stream(), Stream.of(inner)).toList();
	}

	/**
	 * The config of gRPC's load balancer: ours under the name of its default policy, of
	 * which the config may name another, or the one that another provider has.
	 */
	private Map<String, ?> balancing(Key key) {
		String other = key.otherPolicy();
		int connections = connections(key.application());
		if (other == null) {
			return Map.of(PREFIX + Policies.DEFAULT,
					Map.of("policy", standardPolicy(key.application()), "connections", (double) connections));
		}
		if (connections > 1) {
			logger.warn("{} has {} connections to each instance, but the policy '{}', which is not the starter's, "
					+ "opens its own", key.application(), connections, other);
		}
		return Map.of(other, Map.of());
	}

	private int connections(String application) {
		Integer set = this.settings.reference(application).connections();
		return (set != null) ? set : this.settings.defaults().connections();
	}

	/**
	 * What a channel is for.
	 *
	 * @param application the application
	 * @param otherPolicy the policy of another provider than ours; {@code null} for ours
	 * @param whole whether it must have every instance although a subset is set
	 */
	private record Key(String application, @Nullable String otherPolicy, boolean whole) {

	}

}
