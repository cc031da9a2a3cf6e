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

package io.rpcboot.dispatch;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Brings the calls of a server from the event loop to their handlers, with one hand-over
 * for a call instead of the five or six of gRPC: the request is gathered on the event
 * loop, then interceptors and handler run on an executor that may block. Calls with a
 * stream of requests are handed over at once, then batch by batch. The order of events,
 * flow control, cancellation, context and deadlines are gRPC's own, because gRPC's own
 * queue of events is what is handed over.
 * <p>
 * Not for change once the server runs, but for {@link #moveToHandlers}. What a method
 * needs is settled before its calls come, and one look-up a call finds it. A
 * {@link CallGate gate} costs a few objects a call; a method without one has none of
 * them.
 */
public final class ServerDispatch implements ServerCallExecutorSupplier, ServerInterceptor {

	private final Refusals refusals;

	private final boolean oneHop;

	private final ScheduledExecutorService timer = DeferredTasks.timer("rpc-server-deferred");

	/** Never closed, so no call is lost that it is given. */
	private final Executor neutral = DeferredTasks.timer("rpc-server-waited");

	private final ReadAheadTracers tracers = new ReadAheadTracers();

	/** For services without a route. */
	private final MethodPlan standard;

	/** By service. */
	private final Map<String, MethodPlan> routes = new ConcurrentHashMap<>();

	/** By full method name. */
	private final Map<String, MethodPlan> plans = new ConcurrentHashMap<>();

	/**
	 * Creates a dispatch.
	 * @param handlers runs the handlers of services without a route of their own
	 * @param oneHop whether a call is handed over once; otherwise gRPC hands over each of
	 * its events
	 * @param admission decides which calls of the services without a route may enter
	 * @param guard puts on refusals what every answer carries
	 */
	public ServerDispatch(Executor handlers, boolean oneHop, Admission admission, ServerInterceptor guard) {
		this.standard = new MethodPlan(new Handlers(handlers, admission, this.timer, this.neutral), false);
		this.oneHop = oneHop;
		this.refusals = new Refusals(guard, admission);
	}

	/**
	 * Lets a service run on an executor of its own. If that rejects a call, the call is
	 * refused.
	 * @param service full name of the service
	 * @param executor runs its handlers
	 */
	public void route(String service, Executor executor) {
		setRoute(service, new MethodPlan(new Handlers(executor, null, this.timer, this.neutral), false));
	}

	/**
	 * Lets services run on a pool that they share.
	 * @param pool runs their handlers
	 * @param admission decides which of their calls may enter
	 * @param services full names of the services
	 * @return tells how many calls wait for a thread of the pool
	 */
	public IntSupplier route(Executor pool, Admission admission, Collection<String> services) {
		Handlers shared = new Handlers(pool, admission, this.timer, this.neutral);
		MethodPlan plan = new MethodPlan(shared, false);
		services.forEach((service) -> setRoute(service, plan));
		return shared::waiting;
	}

	/**
	 * Limits a method: each of its calls needs a permit before it is handed over.
	 * @param fullMethodName what is called
	 * @param gate gives the permits
	 */
	public void limit(String fullMethodName, CallGate gate) {
		plan(fullMethodName, (plan) -> plan.limited(gate));
	}

	/**
	 * Lets the known calls of a method be answered without a permit and without its
	 * handler.
	 * @param fullMethodName what is called
	 * @param known says by the headers of a call that its answer is known already, or
	 * waited for: the executor on which it is answered; {@code null} for all other calls.
	 * Runs on the event loop and must not block
	 */
	public void answerKnown(String fullMethodName, Function<Metadata, @Nullable Executor> known) {
		plan(fullMethodName, (plan) -> plan.answeredIfKnown(known));
	}

	/**
	 * Returns how many calls wait for a thread of the handlers of services without a
	 * route.
	 * @return the number
	 */
	public int waiting() {
		return this.standard.handlers().waiting();
	}

	/**
	 * Lets a service run on the event loop. Its handlers and interceptors must not block.
	 * @param service full name of the service
	 * @param executor runs each task on the thread that gives it
	 */
	public void routeOnEventLoop(String service, Executor executor) {
		setRoute(service, new MethodPlan(new Handlers(executor, null, this.timer, this.neutral), true));
	}

	/**
	 * Lets a service run where the services without a route run, admission included.
	 * Calls that have begun go on where they are. From any thread, also while the server
	 * runs.
	 * @param service its definition
	 */
	public void moveToHandlers(ServerServiceDefinition service) {
		setRoute(service.getServiceDescriptor().getName(), this.standard);
		// A stream that begins before this line finds no window and is not read ahead.
		serve(service);
	}

	/**
	 * Makes a server ask this dispatch where to run its calls. What is set on the builder
	 * later wins.
	 * @param builder builds the server
	 */
	public void applyTo(ServerBuilder<?> builder) {
		builder.directExecutor();
		builder.callExecutor(this);
		if (this.oneHop) {
			builder.addStreamTracerFactory(this.tracers);
		}
	}

	/**
	 * Tells that a service will be served.
	 * @param service its definition
	 */
	public void serve(ServerServiceDefinition service) {
		boolean readAhead = !ofService(service.getServiceDescriptor().getName()).onEventLoop();
		for (MethodDescriptor<?, ?> method : service.getServiceDescriptor().getMethods()) {
			plan(method.getFullMethodName(), UnaryOperator.identity());
			if (readAhead) {
				this.tracers.add(method);
			}
		}
	}

	@Override
	public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
		MethodDescriptor<Q, A> method = call.getMethodDescriptor();
		MethodPlan settled = this.plans.get(method.getFullMethodName());
		MethodPlan plan = (settled != null) ? settled : ofService(method.getServiceName());
		Handlers target = plan.handlers();
		CallGate gate = plan.gate();
		if (gate == null && plan.onEventLoop()) {
			return target.executor();
		}
		Executor answering = plan.answering(headers);
		if (answering != null) {
			return answering;
		}
		Status refusal = target.admit(method, headers);
		if (refusal == null && gate != null) {
			refusal = gate.look(headers);
		}
		if (refusal != null) {
			return new RefusedHop<>(method, headers, target, this.refusals, refusal);
		}
		if (!this.oneHop || plan.onEventLoop()) {
			return (gate != null) ? new StreamHop<>(method, headers, target, this.refusals, gate, null)
					: target.counted();
		}
		if (method.getType().clientSendsOneMessage()) {
			return new UnaryHop<>(method, headers, target, this.refusals, gate);
		}
		InboundWindow window = this.tracers.claim(headers);
		if (window != null) {
			window.open(call::request);
		}
		return new StreamHop<>(method, headers, target, this.refusals, gate, window);
	}

	/**
	 * Starts a call behind the hop that was made for it. Must be the outermost
	 * interceptor.
	 */
	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		ServerHop<Q, A> hop = ServerHop.claim();
		return (hop != null) ? hop.start(call, headers, next) : next.startCall(call, headers);
	}

	/**
	 * Lets the calls of a service run elsewhere, with what else is settled of its
	 * methods.
	 */
	private void setRoute(String service, MethodPlan route) {
		this.routes.put(service, route);
		this.plans.replaceAll((method, plan) -> service.equals(MethodDescriptor.extractFullServiceName(method))
				? plan.on(route) : plan);
	}

	private void plan(String fullMethodName, UnaryOperator<MethodPlan> change) {
		this.plans.compute(fullMethodName, (method, plan) -> change
			.apply((plan != null) ? plan : ofService(MethodDescriptor.extractFullServiceName(method))));
	}

	/**
	 * Returns what holds for a method of which nothing else is known: a fallback registry
	 * may serve any.
	 */
	private MethodPlan ofService(@Nullable String service) {
		return (service != null) ? this.routes.getOrDefault(service, this.standard) : this.standard;
	}

}
