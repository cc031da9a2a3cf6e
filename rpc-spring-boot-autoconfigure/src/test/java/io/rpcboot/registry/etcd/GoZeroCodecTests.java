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

package io.rpcboot.registry.etcd;

import io.rpcboot.registry.ServiceInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link GoZeroCodec}, with records as {@code core/discov/publisher.go} writes
 * them.
 */
class GoZeroCodecTests {

	private static final String LEASE = "7587869318093187343";

	private final GoZeroCodec codec = new GoZeroCodec();

	@Test
	void readsWhatThePublisherPuts() {
		assertThat(this.codec.read("order.rpc", LEASE, "10.0.0.7:8081"))
			.isEqualTo(ServiceInstance.of(LEASE, "order.rpc", "10.0.0.7", 8081));
	}

	@Test
	void whenServerHasAnIdOfItsOwnThenItIsTheInstances() {
		assertThat(this.codec.read("order.rpc", "10", "pod-a.order:8081"))
			.isEqualTo(ServiceInstance.of("10", "order.rpc", "pod-a.order", 8081));
	}

	@Test
	void whenAddressIsIpv6ThenItsBracketsGo() {
		ServiceInstance instance = this.codec.read("order.rpc", LEASE, "[2001:db8::7]:8081");
		assertThat(instance).isEqualTo(ServiceInstance.of(LEASE, "order.rpc", "2001:db8::7", 8081));
		assertThat(instance.address()).isEqualTo("[2001:db8::7]:8081");
	}

	@Test
	void whenKeyGoesDeeperThenItIsAnothersInstance() {
		assertThat(this.codec.read("order", "history/" + LEASE, "10.0.0.7:8081")).isNull();
	}

	@Test
	void keyIsTheApplicationsNameUnlessSaidOtherwise() {
		assertThat(this.codec.name()).isEqualTo("go-zero");
		assertThat(this.codec.defaultKey("order.rpc")).isEqualTo("order.rpc");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "10.0.0.7", ":8081", "10.0.0.7:", "10.0.0.7:x", "10.0.0.7:0", "10.0.0.7:65536",
			"10.0.0.7:-1", "10.0.0.7:+1", "10.0.0.7:99999999999", "10.0.0.7:8081 ", "10.0.0.7:8081\n", "a b:1",
			"2001:db8::7:8081", "[2001:db8::7]", "[]:8081", "10.0.0.7:8081,10.0.0.8:8081", "grpc://10.0.0.7:8081",
			"{\"Op\":0,\"Addr\":\"10.0.0.7:8081\"}", "\u0000" })
	void whenValueIsNoAddressThenSaysWhatWasExpected(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.codec.read("order.rpc", LEASE, value))
			.withMessage("value: '" + value + "' (expected: host:port)");
	}

	/** What go-zero registers on a machine of which it finds no address. */
	@ParameterizedTest
	@CsvSource({ "0.0.0.0:8081", "[::]:8081" })
	void whenAddressMeansAllOfItsMachineThenIsRefused(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.codec.read("order.rpc", LEASE, value))
			.withMessage("value: '" + value + "' (expected: an address that others can dial)");
	}

	@Test
	void whenKeyIsThePrefixItselfThenIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.codec.read("order.rpc", "", "10.0.0.7:8081"))
			.withMessage("id: '' (expected: a non-empty text)");
	}

}
