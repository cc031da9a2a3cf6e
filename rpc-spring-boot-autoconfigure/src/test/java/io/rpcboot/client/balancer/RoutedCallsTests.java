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

import io.grpc.Status;
import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.balancer.policy.PickHints;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.client.routing.InstanceFilter;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.testing.echo.EchoGrpc;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which instances are left for a call on a route, through real channels and real servers.
 */
class RoutedCallsTests extends AbstractBalancingTests {

	private static final CallRoute BLUE = new CallRoute(null, "blue", null, null, Map.of());

	@Test
	void aCallInALaneGoesThereAndFallsBackWhenNobodyIsThere() {
		EchoGrpc.EchoBlockingStub echo = connect("round_robin", this.discovery);
		EchoGrpc.EchoBlockingStub blue = echo.withOption(PickOptions.ROUTE, BLUE);
		this.discovery.set("echo", this.a.instance("1"), tagged(this.b, "2", "lane", "blue"));
		awaitConnected();
		assertThat(call(blue, 10)).containsExactly(Map.entry("b", 10));
		assertThat(call(echo, 10)).containsExactly(Map.entry("a", 10));
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf(blue, "a");
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

}
