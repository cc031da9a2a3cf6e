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

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.balancer.policy.InstanceSelector;
import io.rpcboot.client.balancer.policy.LoadBalancingPolicy;
import io.rpcboot.client.balancer.policy.PickHints;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a policy decides, of ours and of the users, and what a call asks of it, through
 * real channels and real servers.
 */
class InstanceBalancingTests extends AbstractBalancingTests {

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

	private static String name(String id) {
		return switch (id) {
			case "1" -> "a";
			case "2" -> "b";
			default -> "c";
		};
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

}
