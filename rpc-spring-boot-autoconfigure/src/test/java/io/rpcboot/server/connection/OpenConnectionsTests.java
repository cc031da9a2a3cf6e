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

package io.rpcboot.server.connection;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OpenConnections}.
 */
class OpenConnectionsTests {

	@Test
	void whenThereAreAsManyAsMayBeThenTheNextOneIsRefusedUntilOneLeaves() {
		OpenConnections open = new OpenConnections(2, 0);
		assertThat(open.enter("a")).isNull();
		assertThat(open.enter("b")).isNull();
		assertThat(open.enter("c")).isEqualTo(Limit.CONNECTIONS);
		open.leave("a");
		assertThat(open.enter("c")).isNull();
		assertThat(open.open()).isEqualTo(2);
	}

	@Test
	void whenOnePeerHasAsManyAsItMayThenOthersAreLetIn() {
		OpenConnections open = new OpenConnections(0, 2);
		assertThat(open.enter("a")).isNull();
		assertThat(open.enter("a")).isNull();
		assertThat(open.enter("a")).isEqualTo(Limit.PEER_CONNECTIONS);
		assertThat(open.enter("b")).isNull();
		open.leave("a");
		assertThat(open.enter("a")).isNull();
	}

	@Test
	void whenAllOfAPeerHaveLeftThenItIsForgotten() {
		OpenConnections open = new OpenConnections(0, 0);
		for (int i = 0; i < 100; i++) {
			open.enter(i);
			open.enter(i);
		}
		assertThat(open.peers()).isEqualTo(100);
		for (int i = 0; i < 100; i++) {
			open.leave(i);
			open.leave(i);
		}
		assertThat(open.peers()).isZero();
		assertThat(open.open()).isZero();
	}

	@Test
	void peersAreAddressesAndOfIpv6Networks() {
		assertThat(peer("10.0.0.7", 1)).isEqualTo(peer("10.0.0.7", 2)).isNotEqualTo(peer("10.0.0.8", 1));
		assertThat(peer("2001:db8:1:2::1", 1)).isEqualTo(peer("2001:db8:1:2:ffff::1", 2))
			.isNotEqualTo(peer("2001:db8:1:3::1", 1));
		assertThat(peer("::ffff:10.0.0.7", 1)).as("IPv4 in IPv6").isEqualTo(peer("10.0.0.7", 1));
		assertThat(OpenConnections.peer(null))
			.isEqualTo(OpenConnections.peer(InetSocketAddress.createUnresolved("x", 1)));
	}

	private static Object peer(String address, int port) {
		try {
			return OpenConnections.peer(new InetSocketAddress(InetAddress.getByName(address), port));
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
