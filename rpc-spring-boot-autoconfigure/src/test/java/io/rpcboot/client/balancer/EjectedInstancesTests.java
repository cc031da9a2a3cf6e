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

import io.grpc.Status;
import io.rpcboot.client.balancer.outlier.OutlierSettings;
import io.rpcboot.testing.echo.EchoGrpc;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which instances are ejected, and when they are called all the same, through real
 * channels and real servers.
 */
class EjectedInstancesTests extends AbstractBalancingTests {

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

}
