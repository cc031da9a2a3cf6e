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

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Metadata;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.testing.AllocatedBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which lane and tenant an outgoing call has, on the wire and in its route.
 */
class CallRoutesTests {

	private static final CallOptions BLUE = CallOptions.DEFAULT.withOption(RpcCallOptions.LANE, "blue");

	private final CallRoutes plain = new CallRoutes(null, null, Map.of());

	@Test
	void whenNothingIsSaidThenThereIsNoRouteAndNoHeader() {
		assertThat(this.plain.route(CallOptions.DEFAULT)).isSameAs(CallRoute.NONE);
		assertThat(headers(CallOptions.DEFAULT).keys()).isEmpty();
	}

	@Test
	void whatTheReferenceSaysIsInEveryRoute() {
		CallRoutes routes = new CallRoutes("p2c", "2", Map.of("disk", "ssd"));
		assertThat(routes.route(CallOptions.DEFAULT))
			.isEqualTo(new CallRoute("p2c", null, null, "2", Map.of("disk", "ssd")))
			.isSameAs(routes.route(CallOptions.DEFAULT));
		assertThat(routes.route(BLUE)).isEqualTo(new CallRoute("p2c", "blue", null, "2", Map.of("disk", "ssd")));
	}

	@Test
	void whatTheContextSaysIsCarriedOn() throws Exception {
		Context context = Context.ROOT.withValues(CallContext.LANE, "blue", CallContext.TENANT, "acme");
		assertThat(context.call(() -> this.plain.route(CallOptions.DEFAULT)))
			.isEqualTo(new CallRoute(null, "blue", "acme", null, Map.of()));
		Metadata headers = context.call(() -> headers(CallOptions.DEFAULT));
		assertThat(headers.getAll(RpcMetadata.LANE)).containsExactly("blue");
		assertThat(headers.getAll(RpcMetadata.TENANT)).containsExactly("acme");
	}

	@Test
	void whatTheCallSaysWins() throws Exception {
		Context context = Context.ROOT.withValues(CallContext.LANE, "green", CallContext.TENANT, "acme");
		assertThat(context.call(() -> this.plain.route(BLUE)))
			.isEqualTo(new CallRoute(null, "blue", "acme", null, Map.of()));
		assertThat(context.call(() -> headers(BLUE)).getAll(RpcMetadata.LANE)).containsExactly("blue");
	}

	@Test
	void whenTheCallSaysNothingOnPurposeThenItLeavesTheLane() throws Exception {
		Context context = Context.ROOT.withValue(CallContext.LANE, "green");
		CallOptions none = CallOptions.DEFAULT.withOption(RpcCallOptions.LANE, "");
		assertThat(context.call(() -> this.plain.route(none))).isSameAs(CallRoute.NONE);
		assertThat(context.call(() -> headers(none)).keys()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "no lane", "a/b", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" })
	void whenAValueIsNoNameThenItIsNotCarried(String value) throws Exception {
		Context context = Context.ROOT.withValue(CallContext.TENANT, value);
		CallOptions options = CallOptions.DEFAULT.withOption(RpcCallOptions.LANE, value);
		assertThat(context.call(() -> this.plain.route(options))).isSameAs(CallRoute.NONE);
		assertThat(context.call(() -> headers(options)).keys()).isEmpty();
	}

	@Test
	void whenHeadersOfAnotherCallAreSentOnThenTheyAreReplaced() {
		Metadata headers = new Metadata();
		headers.put(RpcMetadata.LANE, "green");
		CarriedHeaders.add(headers, BLUE);
		assertThat(headers.getAll(RpcMetadata.LANE)).containsExactly("blue");
	}

	@Test
	void sameLaneAndTenantGiveTheSameObject() {
		CallOptions acme = BLUE.withOption(RpcCallOptions.TENANT, "acme");
		CallOptions other = BLUE.withOption(RpcCallOptions.TENANT, "other");
		assertThat(this.plain.route(acme)).isSameAs(this.plain.route(acme)).isNotEqualTo(this.plain.route(other));
		assertThat(this.plain.route(BLUE)).isSameAs(this.plain.route(BLUE)).isNotEqualTo(this.plain.route(acme));
	}

	@Test
	void laneAndTenantAreNotMixedUp() {
		CallOptions lane = CallOptions.DEFAULT.withOption(RpcCallOptions.LANE, "x");
		CallOptions tenant = CallOptions.DEFAULT.withOption(RpcCallOptions.TENANT, "x");
		assertThat(this.plain.route(lane)).isEqualTo(new CallRoute(null, "x", null, null, Map.of()));
		assertThat(this.plain.route(tenant)).isEqualTo(new CallRoute(null, null, "x", null, Map.of()));
	}

	@Test
	void routesThatAreKnownCostNoObject() {
		assertThat(AllocatedBytes.of(10_000, () -> this.plain.route(CallOptions.DEFAULT))).isLessThan(10_000);
		// Not by options: where a mock was made in this process, comparing their keys
		// costs objects.
		Context context = Context.ROOT.withValues(CallContext.LANE, "green", CallContext.TENANT, "acme");
		context.run(() -> assertThat(AllocatedBytes.of(10_000, () -> this.plain.route(CallOptions.DEFAULT)))
			.isLessThan(10_000));
	}

	@Test
	void headersThatAreNotThereCostNoObject() {
		Metadata headers = new Metadata();
		assertThat(AllocatedBytes.of(10_000, () -> CarriedHeaders.add(headers, CallOptions.DEFAULT)))
			.isLessThan(10_000);
	}

	@Test
	void whenThereAreMoreThan256ThenTheRestIsNotKept() {
		List<CallRoute> routes = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			routes.add(this.plain.route(lane(i)));
		}
		Set<CallRoute> same = Collections.newSetFromMap(new IdentityHashMap<>());
		for (int i = 0; i < 1000; i++) {
			CallRoute again = this.plain.route(lane(i));
			assertThat(again).isEqualTo(routes.get(i));
			if (again == routes.get(i)) {
				same.add(again);
			}
		}
		assertThat(same).hasSize(CallRoutes.MAX_KEPT);
	}

	@Test
	void whenManyAskAtOnceThenTheyGetTheSameObjectsAndNoPlaceIsLost() throws Exception {
		int threads = 4;
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			CyclicBarrier barrier = new CyclicBarrier(threads);
			List<Future<List<CallRoute>>> results = new ArrayList<>();
			for (int t = 0; t < threads; t++) {
				results.add(executor.submit(() -> {
					List<CallRoute> seen = new ArrayList<>();
					for (int i = 0; i < CallRoutes.MAX_KEPT - threads; i++) {
						barrier.await();
						seen.add(this.plain.route(lane(i)));
					}
					return seen;
				}));
			}
			List<CallRoute> first = results.get(0).get();
			for (Future<List<CallRoute>> result : results) {
				for (int i = 0; i < first.size(); i++) {
					assertThat(result.get().get(i)).isSameAs(first.get(i));
				}
			}
		}
		finally {
			executor.shutdownNow();
		}
		for (int i = CallRoutes.MAX_KEPT - threads; i < CallRoutes.MAX_KEPT; i++) {
			assertThat(this.plain.route(lane(i))).isSameAs(this.plain.route(lane(i)));
		}
		assertThat(this.plain.route(lane(-1))).isNotSameAs(this.plain.route(lane(-1)));
	}

	private static CallOptions lane(int number) {
		return CallOptions.DEFAULT.withOption(RpcCallOptions.LANE, "lane-" + number);
	}

	private static Metadata headers(CallOptions options) {
		Metadata headers = new Metadata();
		CarriedHeaders.add(headers, options);
		return headers;
	}

}
