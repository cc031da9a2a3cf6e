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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.RegistrationStatistics;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.server.admission.AdmissionStatistics;
import io.rpcboot.server.connection.ConnectionStatistics;
import io.rpcboot.server.dedup.DeduplicationStatistics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Starts and drains the server with the application context. It starts last and stops
 * first: above the web server's graceful shutdown, so that whatever a call in flight
 * needs is still there. A context without any service starts no server.
 * <p>
 * May be started again after it was stopped, as when a context is paused.
 */
public final class RpcServerLifecycle implements SmartLifecycle {

	/**
	 * The phase: above that of the web server's graceful shutdown, which is 1024 below
	 * the default, and below the default, in which users' own beans stop before.
	 */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 512;

	private static final Logger logger = LoggerFactory.getLogger(RpcServerLifecycle.class);

	private final RpcServerSettings settings;

	private final ServiceCollector services;

	private final List<RpcServerCustomizer> customizers;

	private final @Nullable ServiceRegistry registry;

	private final Consumer<Boolean> readiness;

	private final ApplicationEventPublisher events;

	private final LongSupplier nanoTime;

	private final LoopStatistics loopStatistics;

	/** Held for as long as a start takes, which waits for beans and the network. */
	private final Object starts = new Object();

	/** Held for moments only; taken last where both are. */
	private final Object monitor = new Object();

	private volatile @Nullable RunningServer running;

	/** What was said of what stands behind services; outlives a restart. */
	private final Map<String, Boolean> well = new TreeMap<>();

	/** Outlives a restart, too. */
	private volatile Supplier<DrainStatistics> drained = () -> DrainStatistics.NONE;

	private boolean accepting;

	private boolean acceptAgain;

	private long stopRequestedNanos;

	private boolean stopRequested;

	private @Nullable CompletableFuture<Void> stopped;

	/**
	 * Creates the lifecycle; nothing is started yet.
	 * @param settings how to listen, announce and stop
	 * @param beans where the services and their interceptors are found
	 * @param customizers adjust the server, in this order
	 * @param registry where the server is announced; {@code null} for nowhere
	 * @param readiness is told to publish that the application accepts ({@code true}) or
	 * refuses traffic
	 * @param events receives {@link RpcServerStartedEvent} and
	 * {@link RpcServerStoppedEvent}
	 */
	public RpcServerLifecycle(RpcServerSettings settings, ListableBeanFactory beans,
			List<RpcServerCustomizer> customizers, @Nullable ServiceRegistry registry, Consumer<Boolean> readiness,
			ApplicationEventPublisher events) {
		this(settings, beans, customizers, registry, readiness, events, System::nanoTime);
	}

	RpcServerLifecycle(RpcServerSettings settings, ListableBeanFactory beans, List<RpcServerCustomizer> customizers,
			@Nullable ServiceRegistry registry, Consumer<Boolean> readiness, ApplicationEventPublisher events,
			LongSupplier nanoTime) {
		this.settings = settings;
		this.services = new ServiceCollector(beans, settings.plainServices());
		this.customizers = List.copyOf(customizers);
		this.registry = registry;
		this.readiness = readiness;
		this.events = events;
		this.nanoTime = nanoTime;
		this.loopStatistics = new LoopStatistics(nanoTime);
	}

	/**
	 * Listens. Blocks until the port is bound.
	 * @throws RpcServerException if the server cannot be set up, or the port is in use
	 */
	@Override
	public void start() {
		boolean accept;
		RunningServer started;
		synchronized (this.starts) {
			if (this.running != null || this.services.isEmpty()) {
				return;
			}
			started = RunningServer.start(this.settings, this.services, this.customizers, this.registry,
					this.loopStatistics);
			synchronized (this.monitor) {
				this.well.forEach(started.health()::well);
				this.running = started;
				this.stopRequested = false;
				accept = this.acceptAgain;
				this.acceptAgain = false;
			}
		}
		logger.info("RPC server listens on {}:{} with {}", this.settings.address(), started.port(), started.services());
		keepAlive(started);
		this.events.publishEvent(new RpcServerStartedEvent(this, started.port()));
		if (accept) {
			this.readiness.accept(true);
		}
		else {
			tellAccepting();
		}
	}

	/**
	 * Tells whether the application accepts traffic: the health status follows, and the
	 * first time it does the instance is registered. Never blocks, not even while the
	 * server starts, which takes over what was told last.
	 * @param newAccepting whether it does
	 */
	public void acceptingTraffic(boolean newAccepting) {
		synchronized (this.monitor) {
			this.accepting = newAccepting;
			tellAccepting();
		}
	}

	/**
	 * Tells whether what stands behind a service is well, such as its database: its
	 * status in {@code grpc.health.v1} follows. A service of this server, and the server
	 * as a whole, is SERVING if it also accepts traffic and does not drain; of any other
	 * name nothing else counts. Never blocks, not even while the server starts, which
	 * takes over what was told last.
	 * @param name the full name of a service, {@code ""} for the server as a whole, or
	 * any other name that is to be reported
	 * @param isWell whether it is
	 */
	public void serviceHealth(String name, boolean isWell) {
		synchronized (this.monitor) {
			this.well.put(name, isWell);
			RunningServer current = this.running;
			if (current != null) {
				current.health().well(name, isWell);
			}
		}
	}

	/**
	 * Tells that the application context closes: the grace period counts from here, not
	 * from the moment at which other beans have stopped, and replies say from here on
	 * that this instance leaves. A web application has refused traffic already, so its
	 * health may be NOT_SERVING before the drain itself begins. Waits for a start that
	 * goes on.
	 */
	public void stopRequested() {
		synchronized (this.starts) {
			synchronized (this.monitor) {
				this.stopRequested = true;
				this.stopRequestedNanos = this.nanoTime.getAsLong();
			}
		}
		RunningServer current = this.running;
		if (current != null) {
			current.calls().beginDrain();
		}
	}

	/**
	 * Drains the server on a thread of its own and calls back when it is closed, in any
	 * case. While it drains already, only the callback is added. Waits for a start that
	 * goes on.
	 * @param callback is called once
	 */
	@Override
	public void stop(Runnable callback) {
		CompletableFuture<Void> end;
		synchronized (this.starts) {
			end = end();
		}
		end.thenRun(callback);
	}

	@Override
	public void stop() {
		CountDownLatch stopped = new CountDownLatch(1);
		stop(stopped::countDown);
		try {
			stopped.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running != null;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * Returns where the server listens.
	 * @return the real port, or -1 if it does not listen
	 */
	public int port() {
		RunningServer current = this.running;
		return (current != null) ? current.port() : -1;
	}

	/**
	 * Returns where the registration of this server stands;
	 * {@link RegistrationState#DEREGISTERED} while it is offline by hand.
	 * @return the state; {@code null} if it does not listen or there is no registry
	 */
	public @Nullable RegistrationState registration() {
		RunningServer current = this.running;
		return (current != null && this.registry != null) ? current.announcer().state() : null;
	}

	/**
	 * Returns whether there is anything to serve; creates no bean.
	 * @return whether the application context has services
	 */
	public boolean hasServices() {
		return !this.services.isEmpty();
	}

	/**
	 * Returns the services that are served, health and reflection included.
	 * @return in the order of their names; empty if the server does not listen
	 */
	public List<ServedService> services() {
		RunningServer current = this.running;
		return (current != null) ? current.served() : List.of();
	}

	/**
	 * Returns the record of this instance, as it is or is to be in the registry.
	 * @return the record; {@code null} if it does not listen or there is no registry
	 */
	public @Nullable ServiceInstance instance() {
		RunningServer current = this.running;
		return (current != null && this.registry != null) ? current.announcer().instance() : null;
	}

	/**
	 * Returns how late the event loops ran what they were given, at most, in the last 30
	 * to 60 seconds. Measured while {@link NonBlocking} services have calls.
	 * @return the delay; 0 if nothing was measured or the server does not listen
	 */
	public Duration loopDelay() {
		return Duration.ofNanos(isRunning() ? this.loopStatistics.delayNanos() : 0);
	}

	/**
	 * Returns how often each {@link NonBlocking} service held an event loop for longer
	 * than it may. The counts go on when the server is started again.
	 * @return the counts by the services' full names; empty before the first start
	 */
	public Map<String, Long> loopBlocks() {
		return this.loopStatistics.blocked();
	}

	/**
	 * Returns what deduplication has done since the server was started.
	 * @return a snapshot; {@code null} if the server does not listen
	 */
	public @Nullable DeduplicationStatistics deduplication() {
		RunningServer current = this.running;
		return (current != null) ? current.deduplication().statistics() : null;
	}

	/**
	 * Returns what the server lets in now, and what it has refused since it started.
	 * @return the counters; of a server without anything if it does not listen
	 */
	public AdmissionStatistics admission() {
		RunningServer current = this.running;
		return (current != null) ? current.limits().statistics() : AdmissionStatistics.NONE;
	}

	/**
	 * Returns how the registration of this server has been kept.
	 * @return the counts; {@link RegistrationStatistics#NONE} while it is not registered
	 */
	public RegistrationStatistics registrationStatistics() {
		RunningServer current = this.running;
		return (current != null) ? current.announcer().statistics() : RegistrationStatistics.NONE;
	}

	/**
	 * Returns how many calls of users are open now, streams included; health checks and
	 * reflection are not counted.
	 * @return at least 0
	 */
	public long activeCalls() {
		RunningServer current = this.running;
		return (current != null) ? Math.max(0, current.calls().inFlight()) : 0;
	}

	/**
	 * Returns whether the server serves on although it has been told to stop.
	 * @return whether it drains
	 */
	public boolean isDraining() {
		RunningServer current = this.running;
		return current != null && current.calls().isDraining();
	}

	/**
	 * Returns what became of calls while the server drained, as it does so. The counts go
	 * on when the server is started again.
	 * @return the counts; of nothing before the first drain
	 */
	public DrainStatistics drained() {
		return this.drained.get();
	}

	/**
	 * Returns the open connections, and what limits have refused since the server was
	 * started.
	 * @return a snapshot; of nothing if the server does not listen
	 */
	public ConnectionStatistics connections() {
		RunningServer current = this.running;
		return (current != null) ? current.connections().statistics() : ConnectionStatistics.NONE;
	}

	/**
	 * Returns whether the server wants calls: it listens, the application accepts traffic
	 * and nothing has told it to stop.
	 * @return whether it does, whatever stands behind its services
	 */
	public boolean isAccepting() {
		RunningServer current = this.running;
		return current != null && current.health().isOpen() && !current.calls().isDraining();
	}

	/**
	 * Takes this instance out of the registry by hand: its record is marked as draining,
	 * so that consumers know that it leaves on purpose, and then deleted. The server goes
	 * on serving, and its health and readiness stay as they are. Nothing puts the record
	 * back but {@link #online()}, neither readiness nor a registry that was away; an
	 * instance that was not registered yet is not until then. A stop drains as usual, and
	 * the next start is online again.
	 * <p>
	 * Never blocks. Calling it again changes nothing, nor does calling it while the
	 * server drains: it leaves anyway. Of several calls of this and {@link #online()} the
	 * last one counts.
	 * @return completes when the registry has forgotten the instance; where the registry
	 * cannot be reached it completes after a few seconds all the same, and the record
	 * ends with its lease. Never completes exceptionally.
	 * @throws IllegalStateException if the server does not run or there is no registry
	 */
	public CompletableFuture<Void> offline() {
		return announcer().offline();
	}

	/**
	 * Undoes {@link #offline()}: registers the same instance again, as one that takes
	 * calls. One that has not accepted traffic since the start is registered once it
	 * does.
	 * <p>
	 * Never blocks. Changes nothing if the instance is not offline, or while the server
	 * drains.
	 * @return completes when the registry holds the instance, at once if its turn to be
	 * registered has not come; where the registry cannot be reached it completes after a
	 * few seconds all the same, and the registry goes on trying. Never completes
	 * exceptionally.
	 * @throws IllegalStateException if the server does not run or there is no registry
	 */
	public CompletableFuture<Void> online() {
		return announcer().online();
	}

	private InstanceAnnouncer announcer() {
		RunningServer current = this.running;
		if (current == null) {
			throw new IllegalStateException("The RPC server does not run: there is no instance to register");
		}
		if (this.registry == null) {
			throw new IllegalStateException("There is no registry: the RPC server is announced nowhere");
		}
		return current.announcer();
	}

	private CompletableFuture<Void> end() {
		synchronized (this.monitor) {
			CompletableFuture<Void> end = this.stopped;
			if (end == null) {
				end = new CompletableFuture<>();
				RunningServer stopping = this.running;
				if (stopping != null) {
					this.stopped = end;
					beginDrain(stopping, end);
				}
				else {
					end.complete(null);
				}
			}
			return end;
		}
	}

	private void beginDrain(RunningServer stopping, CompletableFuture<Void> end) {
		this.acceptAgain = this.accepting;
		long began = this.stopRequested ? this.stopRequestedNanos : this.nanoTime.getAsLong();
		Thread thread = new Thread(() -> {
			try {
				drain(stopping, began);
			}
			finally {
				end.complete(null);
			}
		}, "rpc-drain");
		thread.start();
	}

	private void drain(RunningServer stopping, long began) {
		ServerDrain drain = new ServerDrain(this.settings.shutdown(), stopping, () -> this.readiness.accept(false),
				began, this.nanoTime);
		DrainStatistics before = this.drained.get();
		// As it goes on: a process that has drained is hardly ever asked.
		this.drained = () -> before.plus(drain.statistics());
		try {
			drain.run();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			stopping.close();
			DrainStatistics after = this.drained.get();
			this.drained = () -> after;
			synchronized (this.monitor) {
				this.running = null;
				this.stopped = null;
			}
			this.events.publishEvent(new RpcServerStoppedEvent(this));
		}
	}

	/**
	 * Read and told under the monitor, or the last that is told might not be the last
	 * that is so.
	 */
	private void tellAccepting() {
		synchronized (this.monitor) {
			RunningServer current = this.running;
			if (current == null) {
				return;
			}
			current.health().acceptingTraffic(this.accepting);
			if (this.accepting) {
				current.announcer().announce();
			}
		}
	}

	/**
	 * Holds the JVM while the server runs: all threads of gRPC are daemons.
	 */
	private static void keepAlive(RunningServer started) {
		Thread thread = new Thread(() -> {
			try {
				started.server().awaitTermination();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "rpc-server");
		thread.setDaemon(false);
		thread.start();
	}

}
