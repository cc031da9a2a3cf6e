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
import java.util.concurrent.Executor;

import io.rpcboot.server.admission.AdmissionSettings;
import io.rpcboot.server.connection.ConnectionSettings;
import io.rpcboot.server.stream.StreamSettings;
import org.jspecify.annotations.Nullable;

/**
 * How a server listens, runs its handlers, is announced and stops.
 *
 * @param address the address to bind
 * @param port the port to bind, 0 for a random one
 * @param plainServices whether beans of type {@link io.grpc.BindableService} without
 * {@link RpcService} are served too
 * @param reflection whether gRPC reflection is served
 * @param dispatch how calls get from the event loop to their handlers
 * @param pool the bounded pool of handlers
 * @param virtualThreads runs the handlers instead of the pool, if set
 * @param nonBlocking what becomes of non-blocking services that block
 * @param shutdown how the server drains
 * @param instance what the registry is told
 * @param advertised where consumers reach the server
 * @param streams the limits of streams
 * @param deduplication which calls run once, and what is kept of them
 * @param executors pools with names
 * @param admission which calls are let in
 * @param connections what connections may cost
 */
public record RpcServerSettings(String address, int port, boolean plainServices, boolean reflection, Dispatch dispatch,
		Pool pool, @Nullable Executor virtualThreads, NonBlockingServices nonBlocking, Shutdown shutdown,
		Instance instance, Advertised advertised, StreamSettings streams, Deduplication deduplication,
		Executors executors, AdmissionSettings admission, ConnectionSettings connections) {

	/**
	 * How calls get from the event loop to their handlers.
	 */
	public enum Dispatch {

		/**
		 * Each call is handed over once, with its whole request.
		 */
		ONE_HOP,

		/**
		 * Each event of a call is handed over by gRPC: slower, for comparison and as a
		 * way out.
		 */
		GRPC

	}

	/**
	 * The bounded pool of handlers.
	 *
	 * @param threads the most threads
	 * @param queueCapacity how many calls may wait before new ones are refused
	 */
	public record Pool(int threads, int queueCapacity) {

	}

	/**
	 * What becomes of services that are declared {@link NonBlocking} and block.
	 *
	 * @param maxDelay how long an event loop may be held; above 0
	 * @param onBlock what is done if one is held for longer
	 */
	public record NonBlockingServices(Duration maxDelay, OnBlock onBlock) {

	}

	/**
	 * What is done about a service that blocks its event loop.
	 */
	public enum OnBlock {

		/**
		 * It is named in the log, once.
		 */
		WARN,

		/**
		 * It is named, and its calls run on the server's handlers from then on, until the
		 * next start.
		 */
		MOVE_OFF_LOOP

	}

	/**
	 * How the server drains.
	 *
	 * @param quietPeriod how long no new call may have begun before the listener closes
	 * @param quietPeriodMax the longest wait for that
	 * @param gracePeriod the total, from the signal to the end
	 */
	public record Shutdown(Duration quietPeriod, Duration quietPeriodMax, Duration gracePeriod) {

	}

	/**
	 * What the registry is told of an instance.
	 *
	 * @param application the application's name
	 * @param weight its share of the traffic
	 * @param zone where it runs
	 * @param version its version
	 * @param tags labels for routing
	 * @param metadata whatever else
	 */
	public record Instance(String application, int weight, @Nullable String zone, @Nullable String version,
			Map<String, String> tags, Map<String, String> metadata) {

	}

	/**
	 * Where consumers reach the server.
	 *
	 * @param host the host to announce; found by itself if {@code null}
	 * @param port the port to announce; the real one if {@code null}
	 * @param networks networks in CIDR notation to choose the address from
	 * @param loopbackAllowed whether consumers are known to be on this machine
	 */
	public record Advertised(@Nullable String host, @Nullable Integer port, List<String> networks,
			boolean loopbackAllowed) {

	}

	/**
	 * Which calls run once, and what is kept of them.
	 *
	 * @param methods full names of methods, or of services for all their unary methods,
	 * besides those that are annotated
	 * @param otherInstances those of them that may run although their first attempt went
	 * to another instance
	 * @param maxBytes the most that is kept; above 0
	 * @param retention how long a call is kept after its end; above 0
	 * @param maxRunTime how long a call without a deadline may run; above 0
	 */
	public record Deduplication(List<String> methods, List<String> otherInstances, long maxBytes, Duration retention,
			Duration maxRunTime) {

	}

	/**
	 * Pools with names.
	 *
	 * @param pools by name
	 * @param services names of pools or of executor beans by full names of services;
	 * stronger than {@link RpcService#executor()}
	 */
	public record Executors(Map<String, Pool> pools, Map<String, String> services) {

	}

}
