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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.client.resolver.RpcNameResolverProvider;
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

	private static final String POLICY_PREFIX = "rpc_";

	private static final long NEVER_IDLE_DAYS = 365_000;

	private static final Duration GRACE = Duration.ofSeconds(10);

	private final RpcClientSettings settings;

	private final List<RpcChannelCustomizer> customizers;

	private final List<ClientInterceptor> blocking;

	private final List<ClientInterceptor> nonBlocking;

	private final @Nullable WakeOnePool pool;

	/** Made with the first channel. */
	private @Nullable ClientLoops loops;

	private final NameResolverRegistry resolvers = new NameResolverRegistry();

	private final Map<Key, ReferenceChannel> channels = new ConcurrentHashMap<>();

	private volatile boolean running;

	/**
	 * Creates the channels; none is open yet.
	 * @param settings how to call
	 * @param discovery where applications are looked up
	 * @param customizers adjust each channel, in this order
	 * @param interceptors apply to each call, outermost first
	 */
	public RpcChannels(RpcClientSettings settings, ServiceDiscovery discovery, List<RpcChannelCustomizer> customizers,
			List<ClientInterceptor> interceptors) {
		this.settings = settings;
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
		ClientInterceptor attempts = new AttemptInterceptor(settings.caller(), !customizers.isEmpty());
		this.nonBlocking = concat(interceptors, attempts);
		this.blocking = concat(interceptors, new ClientDispatch(executor), attempts);
		this.resolvers.register(new RpcNameResolverProvider((application) -> {
			Reference reference = settings.reference(application);
			if (!reference.addresses().isEmpty()) {
				return new StaticDiscovery(application, reference.addresses());
			}
			List<String> namespaces = reference.routing().namespaces();
			return namespaces.isEmpty() ? discovery : new MergedDiscovery(discovery, namespaces);
		}));
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
	 * Returns the channel to an application, opened at the first need.
	 * @param application the application
	 * @param loadBalancing the name of the policy, without the prefix {@code rpc_}
	 * @param nonBlockingCallbacks whether callbacks run on the event loop
	 * @return the channel that all references of this configuration share
	 * @throws IllegalArgumentException if there is no such policy
	 */
	Channel channel(String application, String loadBalancing, boolean nonBlockingCallbacks) {
		String policy = policy(loadBalancing);
		Channel channel = this.channels.computeIfAbsent(new Key(application, policy),
				(key) -> new ReferenceChannel(() -> open(key)));
		if (!policy.startsWith(POLICY_PREFIX)) {
			channel = ClientInterceptors.intercept(channel, new AttemptTracing());
		}
		return ClientInterceptors.interceptForward(channel, nonBlockingCallbacks ? this.nonBlocking : this.blocking);
	}

	private ClientLoops loops() {
		synchronized (this.channels) {
			if (this.loops == null) {
				this.loops = new ClientLoops();
			}
			return this.loops;
		}
	}

	private ManagedChannel open(Key key) {
		Reference reference = this.settings.reference(key.application());
		Integer maxInbound = reference.maxInboundMessageSize();
		NettyChannelBuilder builder = (NettyChannelBuilder) Grpc.newChannelBuilder(
				RpcNameResolverProvider.SCHEME + ":///" + key.application(), InsecureChannelCredentials.create(),
				this.resolvers);
		loops().applyTo(builder);
		builder
			.defaultServiceConfig(Map.of("loadBalancingConfig", List.of(Map.of(key.policy(), Map.of())),
					"healthCheckConfig", Map.of("serviceName", "")))
			.directExecutor()
			.disableRetry()
			.idleTimeout(NEVER_IDLE_DAYS, TimeUnit.DAYS)
			.maxInboundMessageSize(
					(maxInbound != null) ? maxInbound : this.settings.defaults().maxInboundMessageSize());
		if (reference.authority() != null) {
			builder.overrideAuthority(reference.authority());
		}
		this.customizers.forEach((customizer) -> customizer.customize(key.application(), builder));
		return builder.build();
	}

	private static List<ClientInterceptor> concat(List<ClientInterceptor> outer, ClientInterceptor... inner) {
		return Stream.concat(outer.stream(), Stream.of(inner)).toList();
	}

	private static String policy(String name) {
		LoadBalancerRegistry policies = LoadBalancerRegistry.getDefaultRegistry();
		if (policies.getProvider(POLICY_PREFIX + name) != null) {
			return POLICY_PREFIX + name;
		}
		if (policies.getProvider(name) != null) {
			return name;
		}
		throw new IllegalArgumentException("load balancing policy: '" + name
				+ "' (expected: round_robin, or the name of a LoadBalancerProvider on the class path)");
	}

	private record Key(String application, String policy) {

	}

}
