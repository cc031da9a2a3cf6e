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

package io.rpcboot.client.balancer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.rpcboot.client.balancer.outlier.OutlierSettings;
import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.balancer.policy.InstanceSelector;
import io.rpcboot.client.balancer.policy.LoadBalancingPolicy;
import io.rpcboot.client.balancer.policy.PickHints;
import io.rpcboot.client.balancer.policy.Policies;
import io.rpcboot.client.balancer.policy.SlowStart;
import io.rpcboot.client.resolver.RpcNameResolverProvider;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.client.routing.InstanceFilter;
import io.rpcboot.client.routing.InstanceFilters;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.InMemoryDiscovery;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Policies, routes, weights, ejection, slow start and subsets, through real channels and
 * real servers.
 */
class InstanceBalancingTests {

	private static final Ping PING = Ping.newBuilder().setText("hello").build();

	private static final CallRoute BLUE = new CallRoute(null, "blue", null, null, Map.of());

	private final InMemoryDiscovery discovery = new InMemoryDiscovery();

	private final AtomicLong nanos = new AtomicLong(System.nanoTime());

	private final List<InstanceFilter> filters = new ArrayList<>(InstanceFilters.standard("demo"));

	private final Map<String, LoadBalancingPolicy> policies = new TreeMap<>(Policies.builtIn());

	private final EchoServer a = EchoServer.start("a");

	private final EchoServer b = EchoServer.start("b");

	private final EchoServer c = EchoServer.start("c");

	private @Nullable BalancerContext context;

	private @Nullable ManagedChannel channel;

	@AfterEach
	void close() throws InterruptedException {
		if (this.channel != null) {
			this.channel.shutdownNow();
			assertThat(this.channel.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
		}
		this.a.close();
		this.b.close();
		this.c.close();
	}

	@Test
	void weightsDecideAndChangeWhileCallsGoOn() {
		EchoGrpc.EchoBlockingStub echo = connect("round_robin", this.discovery);
		this.discovery.set("echo", weighted(this.a, "1", 300), weighted(this.b, "2", 100));
		awaitAnswersOf(echo, "a", "b");
		assertThat(call(echo, 400)).satisfies((answers) -> {
			assertThat(answers.get("a")).isBetween(299, 301);
			assertThat(answers.get("b")).isBetween(99, 101);
		});
		this.discovery.set("echo", weighted(this.a, "1", 100), weighted(this.b, "2", 100));
		assertThat(call(echo, 200)).satisfies((answers) -> assertThat(answers.get("b")).isBetween(98, 102));
	}

	@ParameterizedTest
	@ValueSource(strings = { "p2c", "round_robin", "random", "consistent_hash", "pick_first" })
	void everyPolicyPrefersAndAvoids(String policy) {
		EchoGrpc.EchoBlockingStub echo = connect(policy, this.discovery);
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"), this.c.instance("3"));
		for (String id : List.of("1", "2", "3")) {
			awaitAnswersOf(echo.withOption(PickOptions.HINTS, new PickHints(id, Set.of(), 7L)), name(id));
		}
		PickHints onlyTwo = new PickHints(null, Set.of("1", "3"), 7L);
		assertThat(call(echo.withOption(PickOptions.HINTS, onlyTwo), 20)).containsExactly(Map.entry("b", 20));
		PickHints nobody = new PickHints(null, Set.of("1", "2", "3"), 7L);
		assertThat(call(echo.withOption(PickOptions.HINTS, nobody), 5).values().stream().mapToInt(Integer::intValue))
			.as("avoiding all is a wish that cannot be met")
			.containsAnyOf(5, 4, 3, 2, 1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "p2c", "consistent_hash" })
	void aCallForOneInstanceAloneGoesThereAlsoWhileItLeavesAndFailsAtOnceWhenItHasGone(String policy) {
		EchoGrpc.EchoBlockingStub echo = connect(policy, this.discovery).withDeadlineAfter(30, TimeUnit.SECONDS);
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		EchoGrpc.EchoBlockingStub alone = echo.withOption(PickOptions.HINTS, new PickHints("1", Set.of(), 7L, true));
		awaitAnswersOf(alone, "a");
		this.discovery.set("echo", this.a.instance("1").withState(InstanceState.DRAINING), this.b.instance("2"));
		awaitAnswersOf(echo.withOption(PickOptions.HINTS, new PickHints("1", Set.of(), 7L)), "b");
		assertThat(call(alone, 20)).containsExactly(Map.entry("a", 20));
		this.discovery.set("echo", this.b.instance("2"));
		Awaitility.await()
			.untilAsserted(() -> assertThat(failure(alone).getDescription())
				.isEqualTo("The only instance that this attempt may go to has gone"));
	}

	@Test
	void aCallForOneInstanceAloneGoesToWhoHasTakenItsAddressWhenThatHasGone() {
		EchoGrpc.EchoBlockingStub echo = connect("p2c", this.discovery).withDeadlineAfter(30, TimeUnit.SECONDS);
		EchoGrpc.EchoBlockingStub alone = echo.withOption(PickOptions.HINTS, new PickHints("1", Set.of(), null, true));
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf(alone, "a");
		this.discovery.set("echo", this.b.instance("2"));
		Awaitility.await()
			.untilAsserted(() -> assertThat(failure(alone).getDescription())
				.isEqualTo("The only instance that this attempt may go to has gone"));
		this.discovery.set("echo", this.a.instance("1-again"), this.b.instance("2"));
		awaitAnswersOf(alone, "a");
		assertThat(call(alone, 20)).containsExactly(Map.entry("a", 20));
	}

	@Test
	void theHashOfAKeyAlwaysLeadsToTheSameInstanceUntilThatIsGone() {
		EchoGrpc.EchoBlockingStub echo = connect("consistent_hash", this.discovery).withOption(PickOptions.HINTS,
				PickHints.NONE.withKey(42));
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"), this.c.instance("3"));
		Map<String, EchoServer> servers = Map.of("a", this.a, "b", this.b, "c", this.c);
		Awaitility.await().untilAsserted(() -> assertThat(call(echo, 10)).hasSize(1));
		String owner = Awaitility.await().until(() -> call(echo, 1).keySet().iterator().next(), (name) -> true);
		awaitConnected();
		owner = call(echo, 1).keySet().iterator().next();
		assertThat(call(echo, 20)).containsExactly(Map.entry(owner, 20));
		servers.get(owner).close();
		Awaitility.await().ignoreExceptions().untilAsserted(() -> assertThat(call(echo, 10)).hasSize(1));
		assertThat(call(echo, 10)).doesNotContainKey(owner);
	}

	@Test
	void whenACallHasNoKeyThenTheTextSaysSo() {
		EchoGrpc.EchoBlockingStub echo = connect("consistent_hash", this.discovery);
		this.discovery.set("echo", this.a.instance("1"));
		assertThat(failure(echo)).satisfies((status) -> {
			assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(status.getDescription()).isEqualTo("The policy 'consistent_hash' selected no instance of echo: "
					+ "the call has no key, or nobody on its way can be called");
		});
	}

	@Test
	void aCallMayNameAnotherPolicy() {
		EchoGrpc.EchoBlockingStub echo = connect("round_robin", this.discovery);
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf(echo, "a", "b");
		CallRoute first = new CallRoute("pick_first", null, null, null, Map.of());
		assertThat(call(echo.withOption(PickOptions.ROUTE, first), 20)).containsExactly(Map.entry("a", 20));
	}

	@Test
	void whenTheNamedPolicyIsUnknownThenTheTextNamesTheOthers() {
		EchoGrpc.EchoBlockingStub echo = connect("round_robin", this.discovery);
		this.discovery.set("echo", this.a.instance("1"));
		CallRoute unknown = new CallRoute("best", null, null, null, Map.of());
		assertThat(failure(echo.withOption(PickOptions.ROUTE, unknown)).getDescription())
			.isEqualTo("load balancing policy: 'best' (expected: one of [consistent_hash, p2c, pick_first, random, "
					+ "round_robin])");
	}

	@Test
	void aPolicyOfTheUsersIsUsedByItsName() {
		this.policies.put("last", new LastPolicy());
		EchoGrpc.EchoBlockingStub echo = connect("last", this.discovery);
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitConnected();
		assertThat(call(echo, 20)).containsExactly(Map.entry("b", 20));
	}

	@Test
	void whenAnInstanceCanNoLongerBeCalledThenTheSelectorIsToldBeforeTheNextIsMade() {
		RefreshedPolicy policy = new RefreshedPolicy();
		this.policies.put("refreshed", policy);
		EchoGrpc.EchoBlockingStub echo = connect("refreshed", this.discovery);
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitConnected();
		policy.events.clear();
		this.a.health(ServingStatus.NOT_SERVING);
		Awaitility.await().untilAsserted(() -> assertThat(policy.events).startsWith("refresh", "selector"));
		assertThat(call(echo, 1)).as("although refresh throws").containsExactly(Map.entry("b", 1));
	}

	@Test
	void whenAFilterOfTheUsersThrowsThenCallsFailAndSayWhy() {
		this.filters.add(new InstanceFilter() {
			@Override
			public String name() {
				return "broken";
			}

			@Override
			public List<Candidate> filter(List<Candidate> candidates, CallRoute route, List<Candidate> known) {
				throw new IllegalStateException("out of order");
			}
		});
		EchoGrpc.EchoBlockingStub echo = connect("p2c", this.discovery);
		this.discovery.set("echo", this.a.instance("1"));
		assertThat(failure(echo)).satisfies((status) -> {
			assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
			assertThat(status.getDescription()).isEqualTo("No instance of echo could be chosen: a filter or the policy "
					+ "'p2c' failed with java.lang.IllegalStateException: out of order");
		});
	}

	@Test
	void aCallInALaneGoesThereAndFallsBackWhenNobodyIsThere() {
		EchoGrpc.EchoBlockingStub echo = connect("round_robin", this.discovery);
		EchoGrpc.EchoBlockingStub blue = echo.withOption(PickOptions.ROUTE, BLUE);
		this.discovery.set("echo", this.a.instance("1"), tagged(this.b, "2", "lane", "blue"));
		awaitConnected();
		assertThat(call(blue, 10)).containsExactly(Map.entry("b", 10));
		assertThat(call(echo, 10)).containsExactly(Map.entry("a", 10));
		this.discovery.set("echo", this.a.instance("1"));
		assertThat(call(blue, 10)).containsExactly(Map.entry("a", 10));
	}

	@Test
	void whenAllAreLeftOutThenTheStatusNamesTheFilter() {
		EchoGrpc.EchoBlockingStub echo = connect("p2c", this.discovery);
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf(echo, "a", "b");
		CallRoute ssd = new CallRoute(null, null, null, null, Map.of("disk", "ssd"));
		assertThat(failure(echo.withOption(PickOptions.ROUTE, ssd))).satisfies((status) -> {
			assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(status.getDescription())
				.isEqualTo("No instance of echo is left for this call: the filter 'tags' left out the last 2 of 2 "
						+ "known (no lane, no tenant, tags {disk=ssd})");
		});
		assertThat(call(echo, 1)).hasSize(1);
	}

	@Test
	void whenCallsToAnInstanceFailInARowThenItIsEjectedUntilItsTimeIsOver() {
		EchoGrpc.EchoBlockingStub echo = connect("round_robin", this.discovery);
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf(echo, "a", "b");
		this.a.failWith(Status.UNAVAILABLE);
		int failed = 0;
		for (int i = 0; i < 40; i++) {
			failed += (outcome(echo) == null) ? 1 : 0;
		}
		assertThat(failed).as("failed calls until the fifth in a row").isBetween(5, 6);
		assertThat(explain().instances()).satisfiesExactly(
				(one) -> assertThat(one.reason()).isEqualTo("ejected: 5 consecutive failures"),
				(two) -> assertThat(two.reason()).isNull());
		assertThat(explain().instances()).satisfiesExactly(
				(one) -> assertThat(one.ejectedFor()).isEqualTo(OutlierSettings.DEFAULTS.baseEjectionTime()),
				(two) -> assertThat(two.ejectedFor()).isNull());
		assertThat(this.a.connectionsOpened()).as("its connection is kept").isOne();
	}

	@Test
	void errorsOfTheApplicationEjectNobody() {
		EchoGrpc.EchoBlockingStub echo = connect("round_robin", this.discovery);
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf(echo, "a", "b");
		this.a.failWith(Status.NOT_FOUND);
		int failed = 0;
		for (int i = 0; i < 40; i++) {
			failed += (outcome(echo) == null) ? 1 : 0;
		}
		assertThat(failed).isEqualTo(20);
	}

	@Test
	void whenSoFewAreLeftThatItDoesHarmThenTheEjectedAreCalledToo() {
		EchoGrpc.EchoBlockingStub echo = connect("round_robin", this.discovery);
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"), this.c.instance("3"));
		awaitAnswersOf(echo, "a", "b", "c");
		this.a.failWith(Status.UNAVAILABLE);
		Awaitility.await().until(() -> {
			outcome(echo);
			return explain().instances().get(0).reason() != null;
		});
		this.a.failWith(null);
		this.b.close();
		awaitAnswersOf(echo, "a", "c");
	}

	@Test
	void aNewInstanceGetsItsShareLittleByLittle() {
		EchoGrpc.EchoBlockingStub echo = connect("round_robin", this.discovery);
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf(echo, "a", "b");
		advance(31);
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"), this.c.instance("3"));
		Awaitility.await().until(() -> explain().instances().get(2).candidate());
		assertThat(explain().instances().get(2).weight()).isEqualTo(10);
		assertThat(call(echo, 210).get("c")).isBetween(8, 12);
		advance(15);
		Awaitility.await().until(() -> explain().instances().get(2).weight() == 50);
		advance(15);
		Awaitility.await().until(() -> explain().instances().get(2).weight() == 100);
		assertThat(call(echo, 30)).containsEntry("c", 10);
	}

	@Test
	void whatLeavesTheSubsetIsKeptUntilTheOthersServe() {
		SubsetTeller teller = new SubsetTeller();
		EchoGrpc.EchoBlockingStub echo = connect("round_robin", teller);
		teller.tell(List.of(this.a.instance("1")), Set.of(), List.of(this.b.instance("2")));
		awaitAnswersOf(echo, "a");
		this.b.health(ServingStatus.NOT_SERVING);
		teller.tell(List.of(this.a.instance("1"), this.b.instance("2")), Set.of("1"), List.of());
		Awaitility.await().until(() -> this.b.openConnections() == 1);
		assertThat(call(echo, 10)).containsExactly(Map.entry("a", 10));
		this.b.health(ServingStatus.SERVING);
		Awaitility.await().untilAsserted(() -> assertThat(call(echo, 6)).containsExactly(Map.entry("b", 6)));
		Awaitility.await().until(() -> this.a.openConnections() == 0);
		teller.tell(List.of(this.a.instance("1"), this.b.instance("2")), Set.of("1"), List.of());
		assertThat(call(echo, 6)).containsExactly(Map.entry("b", 6));
		assertThat(this.a.connectionsOpened()).as("what leaves is not connected to anew").isOne();
	}

	@Test
	void whenAWeightIsSetByHandThenCallsGoByItUntilItIsReset() {
		EchoGrpc.EchoBlockingStub echo = connect("round_robin", this.discovery);
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf(echo, "a", "b");
		assertThat(this.context).isNotNull();
		this.context.weigh("echo", "2", 300);
		assertThat(explain().instances()).extracting(BalancingExplanation.Instance::weight)
			.containsExactly(100.0, 300.0);
		assertThat(call(echo, 200)).satisfies((answers) -> assertThat(answers.get("b")).isBetween(148, 152));
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"), this.c.instance("3"));
		awaitAnswersOf(echo, "a", "b", "c");
		assertThat(explain().instances()).as("it outlives a change of the set")
			.element(1)
			.satisfies((instance) -> assertThat(instance.instance().weight()).isEqualTo(300));
		this.context.resetWeights("echo");
		assertThat(explain().instances()).element(1)
			.satisfies((instance) -> assertThat(instance.instance().weight()).isEqualTo(100));
	}

	@Test
	void explainsWhyCallsGoWhereTheyGo() {
		SubsetTeller teller = new SubsetTeller();
		EchoGrpc.EchoBlockingStub echo = connect("p2c", teller);
		ServiceInstance draining = this.b.instance("2").withState(InstanceState.DRAINING);
		ServiceInstance refused = ServiceInstance.of("4", "echo", "127.0.0.1", EchoServer.unusedPort());
		teller.tell(List.of(this.a.instance("1"), draining, tagged(this.c, "3", "lane", "blue"), refused), Set.of(),
				List.of(ServiceInstance.of("5", "echo", "10.0.0.5", 9090)));
		awaitAnswersOf(echo, "a");
		call(echo, 20);
		Awaitility.await().untilAsserted(() -> {
			BalancingExplanation explanation = explain();
			assertThat(explanation.application()).isEqualTo("echo");
			assertThat(explanation.policy()).isEqualTo("p2c");
			assertThat(explanation.failure()).isNull();
			assertThat(explanation.instances()).extracting(BalancingExplanation.Instance::reason)
				.satisfiesExactly((one) -> assertThat(one).isNull(),
						(two) -> assertThat(two).isEqualTo("about to leave"),
						(three) -> assertThat(three).isEqualTo("left out by the filter 'lane'"),
						(four) -> assertThat(four).containsIgnoringCase("connection refused"),
						(five) -> assertThat(five).isEqualTo("outside the subset"));
			assertThat(explanation.instances()).extracting(BalancingExplanation.Instance::connection)
				.containsExactly("READY", "READY", "READY", "TRANSIENT_FAILURE", "NONE");
		});
		BalancingExplanation.Instance called = explain().instances().get(0);
		assertThat(called.candidate()).isTrue();
		assertThat(called.weight()).isEqualTo(100);
		assertThat(called.inFlight()).isZero();
		assertThat(called.latency()).isBetween(Duration.ofNanos(1), Duration.ofSeconds(5));
		assertThat(called.score()).isPositive();
	}

	@Test
	void whenTheOnlyOneOfALaneDrainsThenItServesItsLaneUntilAnotherDoes() {
		EchoGrpc.EchoBlockingStub echo = connect("p2c", this.discovery);
		this.discovery.set("echo", this.a.instance("1"), tagged(this.b, "2", "disk", "ssd"));
		awaitConnected();
		EchoGrpc.EchoBlockingStub ssd = echo.withOption(PickOptions.ROUTE,
				new CallRoute(null, null, null, null, Map.of("disk", "ssd")));
		assertThat(call(ssd, 4)).containsExactly(Map.entry("b", 4));
		this.discovery.set("echo", this.a.instance("1"),
				tagged(this.b, "2", "disk", "ssd").withState(InstanceState.DRAINING));
		assertThat(call(ssd, 4)).containsExactly(Map.entry("b", 4));
	}

	@Test
	void whenTheOnlyOneOnARouteIsEjectedThenItIsCalledAllTheSame() {
		EchoGrpc.EchoBlockingStub echo = connect("p2c", this.discovery);
		this.discovery.set("echo", this.a.instance("1"), tagged(this.b, "2", "disk", "ssd"));
		awaitConnected();
		EchoGrpc.EchoBlockingStub ssd = echo.withOption(PickOptions.ROUTE,
				new CallRoute(null, null, null, null, Map.of("disk", "ssd")));
		this.b.failWith(Status.INTERNAL);
		Awaitility.await().until(() -> {
			outcome(ssd);
			return explain().instances().get(1).reason() != null;
		});
		this.b.failWith(null);
		assertThat(call(ssd, 4)).containsExactly(Map.entry("b", 4));
		assertThat(call(echo, 4)).containsExactly(Map.entry("a", 4));
	}

	@Test
	void whenNobodyOfALaneCanBeCalledThenAKeyIsPlacedAmongTheOthers() {
		EchoGrpc.EchoBlockingStub echo = connect("consistent_hash", this.discovery);
		this.discovery.set("echo", this.a.instance("1"), tagged(this.b, "2", "lane", "blue"));
		awaitConnected();
		EchoGrpc.EchoBlockingStub blue = echo.withOption(PickOptions.ROUTE, BLUE)
			.withOption(PickOptions.HINTS, PickHints.NONE.withKey(42));
		assertThat(call(blue, 4)).containsExactly(Map.entry("b", 4));
		this.b.close();
		awaitAnswersOf(blue, "a");
	}

	@Test
	void whenAPolicyOfTheUsersThrowsThenTheCallFailsAndTheChannelLives() {
		this.policies.put("wild", new LastPolicy() {
			@Override
			public String name() {
				return "wild";
			}

			@Override
			public InstanceSelector selector(List<? extends Candidate> candidates,
					@Nullable InstanceSelector previous) {
				return (hints) -> candidates.size();
			}
		});
		EchoGrpc.EchoBlockingStub echo = connect("round_robin", this.discovery);
		this.discovery.set("echo", this.a.instance("1"));
		CallRoute wild = new CallRoute("wild", null, null, null, Map.of());
		assertThat(failure(echo.withOption(PickOptions.ROUTE, wild).withWaitForReady())).satisfies((status) -> {
			assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
			assertThat(status.getDescription()).startsWith("The load balancing policy failed with ");
		});
		awaitAnswersOf(echo, "a");
	}

	@Test
	void explainsAFailure() {
		EchoGrpc.EchoBlockingStub echo = connect("p2c", this.discovery);
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf(echo, "a");
		CallRoute ssd = new CallRoute(null, null, null, null, Map.of("disk", "ssd"));
		assertThat(explain(ssd).failure()).startsWith("No instance of echo is left for this call: the filter 'tags'");
		assertThat(explain(ssd).instances()).extracting(BalancingExplanation.Instance::reason)
			.containsExactly("left out by the filter 'tags'");
	}

	private EchoGrpc.EchoBlockingStub connect(String policy, ServiceDiscovery instances) {
		this.context = new BalancerContext(this.policies, (application) -> this.filters, OutlierSettings.DEFAULTS,
				new SlowStart(Duration.ofSeconds(30), 0.1), this.nanos::get);
		NameResolverRegistry resolvers = new NameResolverRegistry();
		resolvers.register(new RpcNameResolverProvider(instances, this.context));
		this.channel = Grpc.newChannelBuilder("rpc:///echo", InsecureChannelCredentials.create(), resolvers)
			.defaultServiceConfig(Map.of("loadBalancingConfig", List.of(Map.of("rpc_p2c", Map.of("policy", policy))),
					"healthCheckConfig", Map.of("serviceName", "")))
			.disableRetry()
			.build();
		this.channel.getState(true);
		return EchoGrpc.newBlockingStub(this.channel);
	}

	private BalancingExplanation explain() {
		return explain(CallRoute.NONE);
	}

	private BalancingExplanation explain(CallRoute route) {
		assertThat(this.context).isNotNull();
		return this.context.explain("echo", route).get(0).join();
	}

	private void advance(int seconds) {
		this.nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
	}

	private void awaitConnected() {
		Awaitility.await()
			.until(() -> explain().instances()
				.stream()
				.noneMatch((instance) -> "not connected yet".equals(instance.reason())));
	}

	private static @Nullable String outcome(EchoGrpc.EchoBlockingStub echo) {
		try {
			return echo.withDeadlineAfter(Duration.ofSeconds(10)).unary(PING).getServer();
		}
		catch (StatusRuntimeException ex) {
			return null;
		}
	}

	private static Map<String, Integer> call(EchoGrpc.EchoBlockingStub echo, int times) {
		Map<String, Integer> answers = new TreeMap<>();
		for (int i = 0; i < times; i++) {
			answers.merge(echo.withDeadlineAfter(Duration.ofSeconds(10)).unary(PING).getServer(), 1, Integer::sum);
		}
		return answers;
	}

	private static Status failure(EchoGrpc.EchoBlockingStub echo) {
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class,
				() -> echo.withDeadlineAfter(Duration.ofSeconds(10)).unary(PING));
		assertThat(failure).as("failure of a call").isNotNull();
		return failure.getStatus();
	}

	private static void awaitAnswersOf(EchoGrpc.EchoBlockingStub echo, String... names) {
		Awaitility.await()
			.ignoreExceptions()
			.untilAsserted(() -> assertThat(call(echo, 4 * names.length).keySet()).containsExactlyInAnyOrder(names));
	}

	private static String name(String id) {
		return switch (id) {
			case "1" -> "a";
			case "2" -> "b";
			default -> "c";
		};
	}

	private static ServiceInstance weighted(EchoServer server, String id, int weight) {
		return new ServiceInstance(id, "echo", "127.0.0.1", server.port(), List.of(), InstanceState.UP, weight, null,
				null, Map.of(), null, Map.of());
	}

	private static ServiceInstance tagged(EchoServer server, String id, String tag, String value) {
		return new ServiceInstance(id, "echo", "127.0.0.1", server.port(), List.of(), InstanceState.UP, 100, null, null,
				Map.of(tag, value), null, Map.of());
	}

	/**
	 * Always the last.
	 */
	private static class LastPolicy implements LoadBalancingPolicy {

		@Override
		public String name() {
			return "last";
		}

		@Override
		public InstanceSelector selector(List<? extends Candidate> candidates, @Nullable InstanceSelector previous) {
			return (hints) -> candidates.size() - 1;
		}

	}

	/**
	 * Always the last; notes what it is told, and fails then.
	 */
	private static final class RefreshedPolicy extends LastPolicy {

		private final List<String> events = new CopyOnWriteArrayList<>();

		@Override
		public String name() {
			return "refreshed";
		}

		@Override
		public InstanceSelector selector(List<? extends Candidate> candidates, @Nullable InstanceSelector previous) {
			this.events.add("selector");
			InstanceSelector last = super.selector(candidates, previous);
			return new InstanceSelector() {

				@Override
				public int select(PickHints hints) {
					return last.select(hints);
				}

				@Override
				public void refresh() {
					RefreshedPolicy.this.events.add("refresh");
					throw new IllegalStateException("refresh");
				}

			};
		}

	}

	/**
	 * Tells a subset as the test says.
	 */
	private static final class SubsetTeller implements ServiceDiscovery {

		private @Nullable InstanceListener listener;

		private @Nullable Runnable told;

		@Override
		public synchronized InstanceWatch watch(String application, InstanceListener newListener) {
			this.listener = newListener;
			if (this.told != null) {
				this.told.run();
			}
			return InstanceWatch.OF_FIXED_SET;
		}

		synchronized void tell(List<ServiceInstance> instances, Set<String> leaving, List<ServiceInstance> outside) {
			this.told = () -> {
				if (this.listener != null) {
					this.listener.onSubset(instances, leaving, outside);
				}
			};
			this.told.run();
		}

	}

}
