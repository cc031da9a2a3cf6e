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

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How calls follow weights, newcomers and subsets that change while they go on, through
 * real channels and real servers.
 */
class ChangingInstancesTests extends AbstractBalancingTests {

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
		awaitWeights(100.0, 100.0);
		assertThat(call(echo, 200)).satisfies((answers) -> assertThat(answers.get("b")).isBetween(98, 102));
	}

	@Test
	void whenAWeightIsSetByHandThenCallsGoByItUntilItIsReset() {
		EchoGrpc.EchoBlockingStub echo = connect("round_robin", this.discovery);
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf(echo, "a", "b");
		assertThat(this.context).isNotNull();
		this.context.weigh("echo", "2", 300);
		awaitWeights(100.0, 300.0);
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

	/**
	 * Until picks go by them: gRPC takes the new picker before it comes to a question
	 * that is put after the first such answer.
	 */
	private void awaitWeights(Double... weights) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(explain().instances()).extracting(BalancingExplanation.Instance::weight)
				.containsExactly(weights));
		explain();
	}

	private static ServiceInstance weighted(EchoServer server, String id, int weight) {
		return new ServiceInstance(id, "echo", "127.0.0.1", server.port(), List.of(), InstanceState.UP, weight, null,
				null, Map.of(), null, Map.of());
	}

}
