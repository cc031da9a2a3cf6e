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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.rpcboot.client.RpcClientSettings.Method;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.client.balancer.BalancingExplanation;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.registry.RegistryName;
import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Makes what an {@link RpcReference} asks for. Making a stub opens the channel but waits
 * for nobody: an application that no one has registered never fails the start.
 */
public final class RpcReferences {

	private static final String STUB_TYPES = "a stub that protoc generates (asynchronous, blocking, blocking V2, "
			+ "future, Reactor or Kotlin) or io.grpc.Channel";

	private static final int EXPLAIN_SECONDS = 5;

	private final RpcClientSettings settings;

	private final RpcChannels channels;

	private final UnaryOperator<String> placeholders;

	/**
	 * Creates the factory.
	 * @param settings how to call
	 * @param channels the channels to call through
	 * @param placeholders resolves placeholders in the annotation's attributes
	 */
	public RpcReferences(RpcClientSettings settings, RpcChannels channels, UnaryOperator<String> placeholders) {
		this.settings = settings;
		this.channels = channels;
		this.placeholders = placeholders;
	}

	/**
	 * Makes the stub for an injection point.
	 * @param annotation what is asked for
	 * @param hashKey where the key of a call comes from; {@code null} if it says nothing
	 * @param type the type of the injection point
	 * @param where the injection point, for messages
	 * @return the stub
	 * @throws RpcReferenceException if it cannot be made
	 */
	Object create(RpcReference annotation, @Nullable HashKey hashKey, Class<?> type, String where) {
		if (!StubFactory.canCreate(type)) {
			throw new RpcReferenceException(
					"@RpcReference at " + where + " has the type " + type.getName() + " (expected: " + STUB_TYPES + ")",
					"Change the type to a generated stub, such as GreeterGrpc.GreeterBlockingStub.", null);
		}
		String application = application(annotation, type, where);
		Reference reference = this.settings.reference(application);
		ClientInterceptor deadline = new DeadlineInterceptor(
				new CallTimeouts(this.settings.defaults(), timeout(annotation, where), reference));
		BalancingPlans plans = plans(annotation, hashKey, application, where);
		return StubFactory.create(type,
				ClientInterceptors.interceptForward(channel(plans, where), deadline, new BalancingInterceptor(plans)));
	}

	/**
	 * Explains where the calls of references to an application go at this moment, and
	 * why. Does not call anybody.
	 * @param application the application
	 * @param route what of a call decides; {@link CallRoute#NONE} for one that says
	 * nothing
	 * @return one explanation for each open channel to the application that balances by a
	 * policy of this library; empty if no reference names it
	 * @throws IllegalStateException if a channel does not answer within five seconds
	 */
	public List<BalancingExplanation> explain(String application, CallRoute route) {
		List<BalancingExplanation> explanations = new ArrayList<>();
		for (CompletableFuture<BalancingExplanation> explanation : this.channels.explain(application, route)) {
			try {
				explanations.add(explanation.get(EXPLAIN_SECONDS, TimeUnit.SECONDS));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException("Interrupted while a channel to " + application + " explains", ex);
			}
			catch (ExecutionException | TimeoutException ex) {
				throw new IllegalStateException("A channel to " + application + " does not explain: " + ex, ex);
			}
		}
		return explanations;
	}

	private String application(RpcReference annotation, Class<?> type, String where) {
		String application = resolve("value", annotation.value(), where);
		if (application.isEmpty()) {
			application = applicationOfService(StubFactory.serviceName(type), type, where);
		}
		if (!RegistryName.isValid(application)) {
			throw new RpcReferenceException(
					"@RpcReference at " + where + " names the application '" + application + "' (expected: "
							+ RegistryName.PATTERN + ")",
					"Use the spring.application.name of the application to call.", null);
		}
		return application;
	}

	private String applicationOfService(@Nullable String service, Class<?> type, String where) {
		if (service == null) {
			throw new RpcReferenceException(
					"@RpcReference at " + where + " names no application, and " + type.getName()
							+ " does not tell its gRPC service",
					"Name the application, as in @RpcReference(\"demo-provider\").", null);
		}
		String application = this.settings.services().get(service);
		if (application == null) {
			throw new RpcReferenceException(
					"@RpcReference at " + where + " names no application, and rpc.client.services has no entry for "
							+ service,
					"Name the application, as in @RpcReference(\"demo-provider\"), or set rpc.client.services["
							+ service + "] to it.",
					null);
		}
		return application;
	}

	private BalancingPlans plans(RpcReference annotation, @Nullable HashKey hashKey, String application, String where) {
		Reference reference = this.settings.reference(application);
		String policy = resolve("loadBalancing", annotation.loadBalancing(), where);
		String[] tags = Stream.of(annotation.tags()).map((tag) -> resolve("tags", tag, where)).toArray(String[]::new);
		try {
			return new BalancingPlans(this.channels, application,
					new MethodSettings<>(this.settings.defaults().loadBalancing(), policy.isEmpty() ? null : policy,
							reference, Reference::loadBalancing, Method::loadBalancing),
					new MethodSettings<>(null, HashKeySource.from(hashKey, where), reference,
							(settings) -> HashKeySource.of(settings.hashKey()),
							(method) -> HashKeySource.of(method.hashKey())),
					ReferenceRoute.of(resolve("version", annotation.version(), where), tags, reference.routing()),
					annotation.nonBlocking());
		}
		catch (IllegalArgumentException ex) {
			throw wrong(application, where, ex);
		}
	}

	/**
	 * Opens the channels of all policies, so that they connect at once, and looks whether
	 * each policy and key is what it should be: else the first call would tell.
	 */
	private Channel channel(BalancingPlans plans, String where) {
		String application = plans.application();
		try {
			Reference reference = this.settings.reference(application);
			for (Map.Entry<String, Method> method : new TreeMap<>(reference.methods()).entrySet()) {
				HashKeySource.of(method.getValue().hashKey());
				String policy = method.getValue().loadBalancing();
				if (policy != null) {
					plans.channel(policy);
				}
			}
			HashKeySource.of(reference.hashKey());
			return plans.channel(String.valueOf(plans.policies().ofReference()));
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			throw wrong(application, where, ex);
		}
	}

	private static RpcReferenceException wrong(String application, String where, RuntimeException ex) {
		return new RpcReferenceException("@RpcReference at " + where + " to '" + application + "': " + ex.getMessage(),
				"Correct the annotation or what is set under rpc.client.", ex);
	}

	private @Nullable Duration timeout(RpcReference annotation, String where) {
		String text = resolve("timeout", annotation.timeout(), where);
		if (text.isEmpty()) {
			return null;
		}
		try {
			Duration timeout = DurationFormatterUtils.detectAndParse(text, DurationFormat.Unit.SECONDS);
			if (timeout.compareTo(Duration.ZERO) > 0) {
				return timeout;
			}
		}
		catch (IllegalArgumentException ex) {
			// Reported below, in the same words as a timeout that is not positive.
		}
		throw new RpcReferenceException(
				"@RpcReference at " + where + " has the timeout '" + text
						+ "' (expected: a positive duration such as 500ms or 2s)",
				"Correct the annotation's timeout.", null);
	}

	private String resolve(String attribute, String text, String where) {
		try {
			return this.placeholders.apply(text);
		}
		catch (IllegalArgumentException ex) {
			throw new RpcReferenceException(
					"@RpcReference at " + where + " has the " + attribute + " '" + text + "': " + ex.getMessage(),
					"Set the property, or give the placeholder a default, as in ${name:default}.", ex);
		}
	}

}
