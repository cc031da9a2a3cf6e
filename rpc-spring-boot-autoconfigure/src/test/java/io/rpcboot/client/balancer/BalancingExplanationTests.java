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
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BalancingExplanation}, of real channels and real servers.
 */
class BalancingExplanationTests extends AbstractBalancingTests {

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
	void explainsAFailure() {
		EchoGrpc.EchoBlockingStub echo = connect("p2c", this.discovery);
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf(echo, "a");
		CallRoute ssd = new CallRoute(null, null, null, null, Map.of("disk", "ssd"));
		assertThat(explain(ssd).failure()).startsWith("No instance of echo is left for this call: the filter 'tags'");
		assertThat(explain(ssd).instances()).extracting(BalancingExplanation.Instance::reason)
			.containsExactly("left out by the filter 'tags'");
	}

}
