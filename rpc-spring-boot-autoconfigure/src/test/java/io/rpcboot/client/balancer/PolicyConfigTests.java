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

import java.util.Map;

import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a service config may say of a policy.
 */
class PolicyConfigTests {

	@Test
	void whenNothingIsSaidThenItIsThatPolicyWithOneConnection() {
		assertThat(parse(Map.of()).getConfig()).isEqualTo(new PolicyConfig("p2c", 1));
	}

	@Test
	void namesAnotherPolicyAndHowManyConnectionsEachInstanceHas() {
		assertThat(parse(Map.of("policy", "last", "connections", 16.0)).getConfig())
			.isEqualTo(new PolicyConfig("last", 16));
	}

	@ParameterizedTest
	@ValueSource(doubles = { 0, 17, 1.5, Double.NaN })
	void whenTheNumberOfConnectionsIsOutOfRangeThenTheTextSaysSo(double connections) {
		assertInvalid(Map.of("connections", connections),
				"rpc_p2c.connections: '" + connections + "' (expected: 1 to 16)");
	}

	@Test
	void whenTheNumberOfConnectionsIsNoNumberThenTheTextSaysSo() {
		assertInvalid(Map.of("connections", "two"), "rpc_p2c.connections: 'two' (expected: 1 to 16)");
	}

	@Test
	void whenThePolicyHasNoNameThenTheTextSaysSo() {
		assertInvalid(Map.of("policy", ""), "rpc_p2c.policy: '' (expected: the name of a load balancing policy)");
	}

	private static void assertInvalid(Map<String, ?> config, String text) {
		Status status = parse(config).getError();
		assertThat(status).isNotNull();
		assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
		assertThat(status.getDescription()).isEqualTo(text);
	}

	private static ConfigOrError parse(Map<String, ?> config) {
		return new LoadBalancerProviders.P2c().parseLoadBalancingPolicyConfig(config);
	}

}
