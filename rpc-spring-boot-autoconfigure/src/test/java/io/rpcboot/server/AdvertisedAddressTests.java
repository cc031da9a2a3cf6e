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

package io.rpcboot.server;

import java.net.InetAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link AdvertisedAddress}.
 */
class AdvertisedAddressTests {

	private static final InetAddress ANY = address("0.0.0.0");

	private static final List<InetAddress> MACHINE = List.of(address("172.16.5.4"), address("10.1.2.3"));

	@Test
	void whenAHostIsConfiguredThenItIsAnnouncedWhateverIsBound() {
		assertThat(host("echo.example.org", address("10.1.2.3"), true)).isEqualTo("echo.example.org");
		assertThat(host("192.0.2.7", ANY, false, "10.0.0.0/8")).isEqualTo("192.0.2.7");
	}

	@Test
	void whenASpecificAddressIsBoundThenItIsAnnounced() {
		assertThat(host(null, address("10.9.9.9"), false)).isEqualTo("10.9.9.9");
		assertThat(host(null, address("2001:db8::7"), false)).isEqualTo("2001:db8:0:0:0:0:0:7");
	}

	@Test
	void whenAllAddressesAreBoundThenTheFirstOfTheMachineIsAnnounced() {
		assertThat(host(null, ANY, false)).isEqualTo("172.16.5.4");
		assertThat(host(null, address("::"), false)).isEqualTo("172.16.5.4");
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, 10.1.2.3", "10.1.2.3/32, 10.1.2.3", "10.1.2.2/31, 10.1.2.3", "172.16.0.0/12, 172.16.5.4",
			"0.0.0.0/0, 172.16.5.4", "10.255.255.255/8, 10.1.2.3" })
	void whenANetworkIsConfiguredThenTheAddressIsChosenFromIt(String network, String announced) {
		assertThat(host(null, ANY, false, network)).isEqualTo(announced);
	}

	@Test
	void whenSeveralNetworksAreConfiguredThenTheFirstAddressInAnyOfThemIsAnnounced() {
		assertThat(host(null, ANY, false, "192.168.0.0/16", "2001:db8::/32", "10.0.0.0/8")).isEqualTo("10.1.2.3");
	}

	@ParameterizedTest
	@ValueSource(strings = { "192.168.0.0/16", "10.1.2.4/31", "2001:db8::/32" })
	void whenNoAddressIsInTheNetworksThenTheStartFails(String network) {
		assertThatExceptionOfType(RpcServerException.class).isThrownBy(() -> host(null, ANY, false, network))
			.withMessage("rpc.server.advertised.networks: [" + network
					+ "] (expected: a network of one of this machine's addresses [172.16.5.4, 10.1.2.3])")
			.satisfies((ex) -> assertThat(ex.action())
				.isEqualTo("Correct rpc.server.advertised.networks, or set rpc.server.advertised.host:\n\n"
						+ "    rpc.server.advertised.host=10.0.0.7"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "10.0.0.0", "10.0.0.0/", "/8", "10/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x",
			"localhost/8", "eth0", "", "2001:db8::/129", "10.0.0.256/8", "10.0.0.0/8/8" })
	void whenANetworkIsNoCidrThenTheStartFails(String network) {
		assertThatExceptionOfType(RpcServerException.class).isThrownBy(() -> host(null, ANY, false, network))
			.withMessage(
					"rpc.server.advertised.networks: '" + network + "' (expected: CIDR notation such as 10.0.0.0/8)")
			.satisfies((ex) -> assertThat(ex.action()).isEqualTo(
					"Correct rpc.server.advertised.networks:\n\n" + "    rpc.server.advertised.networks=10.0.0.0/8"));
	}

	@Test
	void whenTheInterfacesCannotBeReadThenTheStartFails() {
		assertThatExceptionOfType(RpcServerException.class).isThrownBy(() -> AdvertisedAddress.candidates(() -> {
			throw new SocketException("Operation not permitted");
		}))
			.withMessage("The network interfaces of this machine cannot be read: Operation not permitted")
			.satisfies((ex) -> assertThat(ex.action())
				.isEqualTo("Set rpc.server.advertised.host:\n\n    rpc.server.advertised.host=10.0.0.7"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "127.0.0.1", "127.8.8.8", "::1" })
	void whenLoopbackWouldBeAnnouncedInARemoteRegistryThenTheStartFails(String host) {
		assertThatExceptionOfType(LoopbackAdvertisedException.class).isThrownBy(() -> host(host, ANY, false))
			.withMessage("The RPC server would be announced at the loopback address '" + host
					+ "' in a registry on another machine, where no consumer could reach it")
			.satisfies((ex) -> assertThat(ex.action())
				.isEqualTo("Set rpc.server.advertised.host to a name or address that the consumers can reach, or"
						+ " rpc.server.advertised.networks to the network to choose it from, or bind rpc.server.address"
						+ " to it:\n\n    rpc.server.advertised.networks=10.0.0.0/8"));
	}

	@Test
	void whenLoopbackIsBoundAndTheRegistryIsRemoteThenTheStartFails() {
		assertThatExceptionOfType(LoopbackAdvertisedException.class)
			.isThrownBy(() -> host(null, address("127.0.0.1"), false));
	}

	@Test
	void whenTheRegistryIsOnThisMachineThenLoopbackMayBeAnnounced() {
		assertThat(host("localhost", ANY, true)).isEqualTo("localhost");
		assertThat(host(null, address("127.0.0.1"), true)).isEqualTo("127.0.0.1");
	}

	@Test
	void whenTheMachineHasLoopbackOnlyThenThatIsAnnouncedWhereItMayBe() {
		RpcServerSettings.Advertised local = new RpcServerSettings.Advertised(null, null, List.of(), true);
		assertThat(AdvertisedAddress.host(local, ANY, List::of)).isEqualTo("127.0.0.1");
		RpcServerSettings.Advertised remote = new RpcServerSettings.Advertised(null, null, List.of(), false);
		assertThatExceptionOfType(LoopbackAdvertisedException.class)
			.isThrownBy(() -> AdvertisedAddress.host(remote, ANY, List::of));
	}

	@Test
	void whenTheMachineIsAskedThenNoneOfItsAddressesIsLoopbackOrLinkLocal() {
		RpcServerSettings.Advertised advertised = new RpcServerSettings.Advertised(null, null, List.of(), true);
		InetAddress announced = address(AdvertisedAddress.host(advertised, ANY));
		assertThat(announced.isAnyLocalAddress()).isFalse();
		assertThat(announced.isLinkLocalAddress()).isFalse();
	}

	private static String host(@Nullable String configured, InetAddress bound, boolean loopbackAllowed,
			String... networks) {
		RpcServerSettings.Advertised advertised = new RpcServerSettings.Advertised(configured, null, List.of(networks),
				loopbackAllowed);
		return AdvertisedAddress.host(advertised, bound, () -> MACHINE);
	}

	private static InetAddress address(String literal) {
		try {
			return InetAddress.getByName(literal);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

}
