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

package io.rpcboot.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.rpcboot.dispatch.ServerDispatch;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.RegistryName;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.server.ServiceCollector.BoundService;
import io.rpcboot.server.ServiceCollector.OrderedInterceptor;
import io.rpcboot.server.connection.ConnectionLimits;
import io.rpcboot.server.dedup.Deduplication;
import io.rpcboot.server.stream.StreamGuard;
import org.jspecify.annotations.Nullable;

/**
 * One start of the server: everything that is made anew when it starts again, its
 * instance id included.
 *
 * @param server the gRPC server, listening
 * @param port where; gRPC no longer knows once the server has ended
 * @param services full names of the services of users
 * @param calls counts the calls of users
 * @param health what {@code grpc.health.v1} reports
 * @param streams watches over streams
 * @param announcer puts the instance into the registry
 * @param handlers the threads of handlers
 * @param limits the pools with names and the limits
 * @param loops the event loops
 * @param deduplication the calls that run once
 * @param connections what peers may do
 */
record RunningServer(Server server, int port, List<String> services, CallTracker calls, ServingHealth health,
		StreamGuard streams, InstanceAnnouncer announcer, HandlerThreads handlers, Limits limits, EventLoops loops,
		Deduplication deduplication, ConnectionLimits connections) {

	static RunningServer start(RpcServerSettings settings, ServiceCollector collector,
			List<RpcServerCustomizer> customizers, @Nullable ServiceRegistry registry, LoopStatistics statistics) {
		checkApplication(settings, registry);
		HandlerThreads handlers = handlers(settings);
		Limits limits = new Limits(settings, handlers);
		EventLoops loops = new EventLoops();
		try {
			return start(settings, collector, customizers, registry, statistics, handlers, limits, loops);
		}
		catch (RuntimeException | Error ex) {
			handlers.close();
			limits.close();
			loops.close();
			throw ex;
		}
	}

	private static RunningServer start(RpcServerSettings settings, ServiceCollector collector,
			List<RpcServerCustomizer> customizers, @Nullable ServiceRegistry registry, LoopStatistics statistics,
			HandlerThreads handlers, Limits limits, EventLoops loops) {
		String instanceId = UUID.randomUUID().toString();
		ConnectionHints hints = new ConnectionHints(settings.instance().application(), customizers, System::nanoTime);
		CallTracker calls = new CallTracker(System::nanoTime);
		StreamGuard streams = new StreamGuard(settings.streams(), CallTracker::isInfrastructure,
				ServerInterceptorOrder.STREAMS);
		WireGuardInterceptor guard = new WireGuardInterceptor(calls, instanceId);
		Deduplication deduplication = new Deduplication(collector.deduplicationStore(settings.deduplication()),
				new DeduplicationSurroundings(instanceId, calls), settings.deduplication().maxRunTime());
		ServerDispatch dispatch = new ServerDispatch(handlers.executor(), settings.dispatch() == Dispatch.ONE_HOP,
				handlers, guard);
		ErrorBeans errors = collector.errors();
		List<ServerInterceptor> interceptors = new ArrayList<>(List.of(guard, new CarriedContext(), streams,
				new OrderedInterceptor(deduplication, ServerInterceptorOrder.DEDUPLICATION), errors.mapping()));
		limits.addInterceptors(interceptors, deduplication::known);
		CallerChecks callers = new CallerChecks(errors.authentication());
		callers.addTo(interceptors);
		DeduplicatedMethods deduplicated = new DeduplicatedMethods();
		Map<String, BoundService> services = collector.collect(
				Stream.concat(interceptors.stream(), errors.validation().stream()).toList(), deduplicated,
				limits.pools(), settings.executors().services());
		services.replaceAll(callers::checked);
		deduplicated.add(settings.deduplication());
		deduplicated.applyTo(deduplication, dispatch);
		List<String> names = List.copyOf(services.keySet());
		ServingHealth health = new ServingHealth(services.keySet());
		NettyServerBuilder builder = NettyServerBuilder.forAddress(address(settings))
			.addStreamTracerFactory(new CallerContext())
			.addStreamTracerFactory(calls);
		ConnectionLimits connections = new ConnectionLimits(settings.connections());
		connections.applyTo(builder);
		loops.applyTo(builder, (listener) -> {
			connections.guard(listener);
			listener.pipeline().addFirst(new FirstBytes.OnAccept(hints));
		});
		dispatch.applyTo(builder);
		limits.applyTo(dispatch, services);
		List<ServerServiceDefinition> added = new ArrayList<>();
		services.forEach((name, service) -> {
			if (service.executor() != null) {
				dispatch.route(name, service.executor());
			}
			if (service.nonBlocking()) {
				dispatch.routeOnEventLoop(name, LoopThread.executor(name));
			}
			dispatch.serve(service.definition());
			added.add(service.intercepted());
		});
		if (!services.containsKey(HealthGrpc.SERVICE_NAME)) {
			callers.route(dispatch, HealthGrpc.getServiceDescriptor());
			added.add(InterceptorChains.intercept(health.service().bindService(), interceptors));
		}
		if (settings.reflection() && !services.containsKey(ServerReflectionGrpc.SERVICE_NAME)) {
			callers.route(dispatch, ServerReflectionGrpc.getServiceDescriptor());
			added.add(InterceptorChains.intercept(ProtoReflectionServiceV1.newInstance().bindService(), interceptors));
		}
		builder.addServices(added);
		customizers.forEach((customizer) -> customizer.customize(builder));
		ReplacedServices replaced = new ReplacedServices(added);
		callers.askForOthers(builder, guard, replaced::isOwn);
		// The interceptor that is added last runs first.
		builder.intercept(dispatch);
		watch(settings, services, dispatch, loops, statistics);
		Server built = builder.build();
		try {
			replaced.find(built.getImmutableServices(), services.keySet());
			connections.serve(built.getServices());
			listen(built, settings);
			InstanceAnnouncer announcer = announcer(settings, registry, built, names, instanceId, hints);
			return new RunningServer(built, built.getPort(), names, calls, health, streams, announcer, handlers, limits,
					loops, deduplication, connections);
		}
		catch (RuntimeException | Error ex) {
			// One that was built is known to channelz until it is shut down.
			built.shutdownNow();
			throw ex;
		}
	}

	private static void checkApplication(RpcServerSettings settings, @Nullable ServiceRegistry registry) {
		String application = settings.instance().application();
		if (registry != null && !RegistryName.isValid(application)) {
			throw new RpcServerException(
					"spring.application.name: '" + application + "' (expected: " + RegistryName.PATTERN
							+ "), the name under which the instance is registered",
					"Set spring.application.name, or rpc.registry.type=none if nobody is to discover this server:"
							+ "\n\n    spring.application.name=orders",
					null);
		}
	}

	/**
	 * Returns what is served, in the order of the names.
	 */
	List<ServedService> served() {
		return this.server.getServices()
			.stream()
			.map((definition) -> new ServedService(definition.getServiceDescriptor().getName(),
					status(definition.getServiceDescriptor().getName()), methods(definition)))
			.sorted(Comparator.comparing(ServedService::name))
			.toList();
	}

	private String status(String service) {
		return this.services.contains(service) ? this.health.status(service).name() : "";
	}

	private static List<ServedService.Method> methods(ServerServiceDefinition definition) {
		return definition.getMethods()
			.stream()
			.map(ServerMethodDefinition::getMethodDescriptor)
			.map((method) -> new ServedService.Method(String.valueOf(method.getBareMethodName()),
					method.getType().name()))
			.sorted(Comparator.comparing(ServedService.Method::name))
			.toList();
	}

	private static HandlerThreads handlers(RpcServerSettings settings) {
		return (settings.virtualThreads() != null) ? HandlerThreads.virtual(settings.virtualThreads())
				: HandlerThreads.pool(settings.pool().threads(), settings.pool().queueCapacity());
	}

	private static void watch(RpcServerSettings settings, Map<String, BoundService> services, ServerDispatch dispatch,
			EventLoops loops, LoopStatistics statistics) {
		Map<String, ServerServiceDefinition> nonBlocking = new HashMap<>();
		services.forEach((name, service) -> {
			if (service.nonBlocking()) {
				nonBlocking.put(name, service.definition());
			}
		});
		if (!nonBlocking.isEmpty()) {
			statistics.serve(nonBlocking.keySet());
			loops.watch(new LoopWatch(settings.nonBlocking(), statistics, (service) -> dispatch
				.moveToHandlers(Objects.requireNonNull(nonBlocking.get(service), "not non-blocking"))));
		}
	}

	/**
	 * Cuts off what still runs, and frees what calls need.
	 */
	void close() {
		this.server.shutdownNow();
		this.streams.close();
		this.handlers.close();
		this.limits.close();
		this.loops.close();
		this.deduplication.close();
	}

	private static InetSocketAddress address(RpcServerSettings settings) {
		try {
			return new InetSocketAddress(InetAddress.getByName(settings.address()), settings.port());
		}
		catch (UnknownHostException ex) {
			throw new RpcServerException(
					"rpc.server.address: '" + settings.address() + "' (expected: an address of this machine)",
					"Set rpc.server.address to an address of this machine; 0.0.0.0 means all of them:"
							+ "\n\n    rpc.server.address=0.0.0.0",
					ex);
		}
	}

	private static void listen(Server server, RpcServerSettings settings) {
		try {
			server.start();
		}
		catch (IOException ex) {
			if (isAddressInUse(ex)) {
				throw new PortInUseException(settings.address(), settings.port(), ex);
			}
			throw new RpcServerException(
					"The RPC server cannot listen on " + settings.address() + ":" + settings.port() + ": "
							+ ex.getMessage(),
					"Correct rpc.server.address and rpc.server.port:\n\n    rpc.server.address=0.0.0.0"
							+ "\n    rpc.server.port=9090",
					ex);
		}
	}

	/**
	 * Known by its text alone: a BindException may also mean that the address is none of
	 * this machine's, and the native transport of Netty has an exception of its own.
	 */
	private static boolean isAddressInUse(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (String.valueOf(cause.getMessage()).contains("Address already in use")) {
				return true;
			}
		}
		return false;
	}

	private static InstanceAnnouncer announcer(RpcServerSettings settings, @Nullable ServiceRegistry registry,
			Server server, List<String> services, String instanceId, ConnectionHints hints) {
		InetAddress bound = ((InetSocketAddress) server.getListenSockets().get(0)).getAddress();
		RpcServerSettings.Advertised advertised = settings.advertised();
		String host = (registry != null) ? AdvertisedAddress.host(advertised, bound) : bound.getHostAddress();
		int port = (advertised.port() != null) ? advertised.port() : server.getPort();
		RpcServerSettings.Instance told = settings.instance();
		ServiceInstance instance = new ServiceInstance(instanceId, told.application(), host, port, services,
				InstanceState.UP, told.weight(), told.zone(), told.version(), told.tags(), Instant.now(),
				told.metadata());
		InetAddress reachable = bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
		return new InstanceAnnouncer(registry, instance,
				new SelfCheck(new InetSocketAddress(reachable, server.getPort()), hints.isTls(), hints::expect));
	}

}
