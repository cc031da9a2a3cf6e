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
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.rpcboot.client.RpcClientSettings.Method;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.client.attempt.AttemptPolicies;
import io.rpcboot.client.attempt.AttemptPolicy;
import io.rpcboot.client.attempt.AttemptSettings;
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

	private final ReferenceGuards guards;

	private final Map<String, LiveReference> live = new ConcurrentHashMap<>();

	/** By what tells them apart: a prototype is injected often. */
	private final Map<String, InjectedReference> injected = new ConcurrentSkipListMap<>();

	/**
	 * Creates the factory.
	 * @param settings how to call
	 * @param channels the channels to call through
	 * @param placeholders resolves placeholders in the annotation's attributes
	 * @param guards what stands between a stub and its calls
	 */
	public RpcReferences(RpcClientSettings settings, RpcChannels channels, UnaryOperator<String> placeholders,
			ReferenceGuards guards) {
		this.settings = settings;
		this.channels = channels;
		this.placeholders = placeholders;
		this.guards = guards;
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
		this.channels.prepare(application);
		Duration timeout = timeout(annotation, where);
		LiveReference reference = live(application);
		checkMethods(attempts(annotation, reference.current(), application, where), StubFactory.service(type),
				application, where);
		Function<Reference, CallPlans> plans = (settings) -> plans(annotation, hashKey, timeout, application, settings,
				where);
		Function<Reference, Function<MethodDescriptor<?, ?>, CallPlan>> planner = plans::apply;
		Channel channel = channel(plans(annotation, hashKey, timeout, application, reference.current(), where),
				reference.current(), where);
		List<ClientInterceptor> interceptors = new ArrayList<>(List.of(new ReferenceInterceptor(reference, planner)));
		interceptors.addAll(guards(annotation, application, type, where));
		this.injected.put(application + " " + where + " " + type.getName(),
				new InjectedReference(application, where, type.getName(), StubFactory.service(type),
						resolve("fallback", annotation.fallback(), where), List.of(annotation.fallbackStatuses()),
						reference, plans));
		return StubFactory.create(type, ClientInterceptors.intercept(channel, interceptors));
	}

	/**
	 * Changes at run time what holds for the calls to an application: timeouts, policies
	 * and whatever else is decided by call. Calls that have begun go on as they are. From
	 * any thread; changes follow one another.
	 * @param application the application
	 * @param change returns the settings that are to hold, of those that hold now
	 * @throws IllegalArgumentException if they are not usable, or differ in what a
	 * channel that is open has been given already: addresses, namespaces, authority,
	 * connections and the size of replies
	 */
	public void change(String application, UnaryOperator<Reference> change) {
		LiveReference reference = live(application);
		synchronized (reference) {
			Reference old = reference.current();
			Reference changed = change.apply(old);
			if (!changed.isSameChannel(old)) {
				throw new IllegalArgumentException("The settings of " + application + ": " + changed
						+ " (expected: the addresses, namespaces, authority, connections and max-inbound-message-size "
						+ "that its channel has)");
			}
			check(changed);
			reference.replace(changed);
		}
	}

	/**
	 * Returns what is set for an application at this moment.
	 * @param application the application
	 * @return its settings
	 */
	public Reference settings(String application) {
		return live(application).current();
	}

	/**
	 * Asks where the calls of references to an application go at this moment, and why.
	 * Calls nobody, and waits for no channel.
	 * @param application the application
	 * @param route what of a call decides; {@link CallRoute#NONE} for one that says
	 * nothing
	 * @param hashKey the hash key of a call, which
	 * {@link BalancingExplanation#placement()} is to place; {@code null} for none
	 * @return one explanation for each open channel to the application that balances by a
	 * policy of this library; empty if no reference names it. Completed by the channels'
	 * own threads; after five seconds it has failed with an {@link IllegalStateException}
	 */
	public CompletableFuture<List<BalancingExplanation>> explainAsync(String application, CallRoute route,
			@Nullable String hashKey) {
		List<CompletableFuture<BalancingExplanation>> asked = this.channels.explain(application, route, hashKey);
		return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
			.thenApply((all) -> asked.stream().map(CompletableFuture::join).toList())
			.orTimeout(EXPLAIN_SECONDS, TimeUnit.SECONDS)
			.exceptionally((ex) -> {
				Throwable cause = (ex instanceof CompletionException) ? ex.getCause() : ex;
				throw new IllegalStateException("A channel to " + application + " does not explain: " + cause, ex);
			});
	}

	/**
	 * Tells how the channels to an application stand.
	 * @param application the application
	 * @return the name of the best of gRPC's states
	 */
	public String connection(String application) {
		return this.channels.connection(application).name();
	}

	/**
	 * Describes the references that have been injected so far: what holds for their calls
	 * at this moment, and which settings say so. From any thread.
	 * @return in the order of the applications
	 */
	public List<ReferenceDescription> describe() {
		return this.injected.values()
			.stream()
			.map((reference) -> reference.describe(this.settings.defaults()))
			.toList();
	}

	/**
	 * Changes at run time how much of the traffic of this process an instance gets, until
	 * {@link #reset} or the end of the process, whatever its record says. From any
	 * thread; calls that are made a moment later go by it.
	 * @param application the application
	 * @param instanceId the id of the instance
	 * @param weight its share relative to the others', at least 1; {@code null} for what
	 * its record says
	 * @throws IllegalArgumentException if the weight is below 1, or no such instance is
	 * known to a channel that balances by a policy of this library
	 * @throws CompletionException if a channel does not answer within five seconds
	 */
	public void weigh(String application, String instanceId, @Nullable Integer weight) {
		if (weight != null && weight < 1) {
			throw new IllegalArgumentException("weight: " + weight + " (expected: at least 1)");
		}
		boolean known = explainAsync(application, CallRoute.NONE, null).join()
			.stream()
			.flatMap((explanation) -> explanation.instances().stream())
			.anyMatch((instance) -> instance.instance().id().equals(instanceId));
		if (!known) {
			throw new IllegalArgumentException(
					"instance: '" + instanceId + "' (expected: the id of a known instance of " + application + ")");
		}
		this.channels.weigh(application, instanceId, weight);
	}

	/**
	 * Undoes what {@link #change} and {@link #weigh} have done. From any thread.
	 * @param application the application
	 */
	public void reset(String application) {
		LiveReference reference = live(application);
		synchronized (reference) {
			reference.replace(reference.initial());
		}
		this.channels.resetWeights(application);
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
					"Use the spring.application.name of the application to call, as in:"
							+ "\n\n    @RpcReference(\"demo-provider\")",
					null);
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
					"Name the application, as in @RpcReference(\"demo-provider\"), or set it:\n\n    rpc.client.services["
							+ service + "]=demo-provider",
					null);
		}
		return application;
	}

	private LiveReference live(String application) {
		return this.live.computeIfAbsent(application, (name) -> new LiveReference(this.settings.reference(name)));
	}

	private List<ClientInterceptor> guards(RpcReference annotation, String application, Class<?> type, String where) {
		String fallback = resolve("fallback", annotation.fallback(), where);
		try {
			return this.guards.interceptors(application, fallback, annotation.fallbackStatuses(), type);
		}
		catch (IllegalArgumentException ex) {
			throw wrong(application, where, ex);
		}
	}

	private CallPlans plans(RpcReference annotation, @Nullable HashKey hashKey, @Nullable Duration timeout,
			String application, Reference reference, String where) {
		String policy = resolve("loadBalancing", annotation.loadBalancing(), where);
		String[] tags = Stream.of(annotation.tags()).map((tag) -> resolve("tags", tag, where)).toArray(String[]::new);
		try {
			return new CallPlans(this.channels, application,
					CallTimeouts.of(application, this.settings.defaults(), timeout, reference),
					new MethodSettings<>(new SettingNames(application, "load-balancing", "loadBalancing"),
							this.settings.defaults().loadBalancing(), policy.isEmpty() ? null : policy, reference,
							Reference::loadBalancing, Method::loadBalancing),
					new MethodSettings<>(new SettingNames(application, "hash-key", "@HashKey"), null,
							HashKeySource.from(hashKey, where), reference,
							(settings) -> HashKeySource.of(settings.hashKey()),
							(method) -> HashKeySource.of(method.hashKey())),
					ReferenceRoute.of(resolve("version", annotation.version(), where), tags, reference.routing()),
					attempts(annotation, reference, application, where), maxBuffered(reference),
					annotation.nonBlocking());
		}
		catch (IllegalArgumentException ex) {
			throw wrong(application, where, ex);
		}
	}

	private long maxBuffered(Reference reference) {
		Long set = reference.maxBuffered();
		return (set != null) ? set : this.settings.defaults().maxBuffered();
	}

	private AttemptPolicies attempts(RpcReference annotation, Reference reference, String application, String where) {
		int retries = annotation.retries();
		if (retries < -1 || retries >= AttemptPolicy.MOST_ATTEMPTS) {
			throw wrong(application, where, new IllegalArgumentException(
					"retries: " + retries + " (expected: 0 to " + (AttemptPolicy.MOST_ATTEMPTS - 1) + ")"));
		}
		return new AttemptPolicies(this.settings.defaults().attempts(),
				AttemptSettings.NONE.withMaxAttempts((retries != -1) ? (Integer) (retries + 1) : null),
				Set.copyOf(List.of(annotation.idempotent())), Set.copyOf(List.of(annotation.deduplicated())),
				reference.attempts(),
				reference.methods()
					.entrySet()
					.stream()
					.collect(Collectors.toMap(Map.Entry::getKey, (method) -> method.getValue().attempts())));
	}

	private static void checkMethods(AttemptPolicies attempts, @Nullable ServiceDescriptor service, String application,
			String where) {
		try {
			if (service != null) {
				attempts.check(service);
			}
		}
		catch (IllegalArgumentException ex) {
			throw wrong(application, where, ex);
		}
	}

	/**
	 * Opens the channels of all policies, so that they connect at once, and looks whether
	 * each policy and key is what it should be: else the first call would tell.
	 */
	private Channel channel(CallPlans plans, Reference reference, String where) {
		try {
			check(reference);
			policies(reference).forEach(plans::channel);
			return plans.channel();
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			throw wrong(plans.application(), where, ex);
		}
	}

	private void check(Reference reference) {
		HashKeySource.of(reference.hashKey());
		reference.methods().values().forEach((method) -> HashKeySource.of(method.hashKey()));
		reference.attempts().check();
		reference.methods().values().forEach((method) -> method.attempts().check());
		policies(reference).forEach(this.channels::policy);
	}

	private static Stream<String> policies(Reference reference) {
		return Stream
			.concat(Stream.ofNullable(reference.loadBalancing()),
					new TreeMap<>(reference.methods()).values().stream().map(Method::loadBalancing))
			.filter(Objects::nonNull);
	}

	private static RpcReferenceException wrong(String application, String where, RuntimeException ex) {
		return new RpcReferenceException("@RpcReference at " + where + " to '" + application + "': " + ex.getMessage(),
				"Correct the annotation, or what is set under rpc.client.references[" + application
						+ "] or rpc.client.defaults.",
				ex);
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
		catch (IllegalArgumentException | ArithmeticException ex) {
			// Reported below, in the same words as a timeout that is not positive.
		}
		throw new RpcReferenceException(
				"@RpcReference at " + where + " has the timeout '" + text
						+ "' (expected: a positive duration such as 500ms or 2s)",
				"Correct the annotation:\n\n    @RpcReference(value = \"demo-provider\", timeout = \"500ms\")", null);
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
