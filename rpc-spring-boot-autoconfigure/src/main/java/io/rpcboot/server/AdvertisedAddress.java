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

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Decides under which host an instance is announced: the one configured; else a specific
 * bind address as it is; else the first IPv4 address of an interface that is up and
 * neither virtual nor loopback, out of the configured networks if there are any. Loopback
 * only where the registry is on this machine too.
 */
final class AdvertisedAddress {

	/** To be pasted. */
	private static final String HOST_LINE = "\n\n    rpc.server.advertised.host=10.0.0.7";

	private AdvertisedAddress() {
	}

	static String host(RpcServerSettings.Advertised advertised, InetAddress bound) {
		return host(advertised, bound, () -> candidates(NetworkInterface::networkInterfaces));
	}

	static String host(RpcServerSettings.Advertised advertised, InetAddress bound,
			Supplier<List<InetAddress>> machine) {
		String host = (advertised.host() != null) ? advertised.host() : discover(advertised, bound, machine);
		if (!advertised.loopbackAllowed() && isLoopback(host)) {
			throw new LoopbackAdvertisedException(host);
		}
		return host;
	}

	private static String discover(RpcServerSettings.Advertised advertised, InetAddress bound,
			Supplier<List<InetAddress>> machine) {
		if (!bound.isAnyLocalAddress()) {
			return bound.getHostAddress();
		}
		List<Cidr> networks = advertised.networks().stream().map(Cidr::parse).toList();
		List<InetAddress> candidates = machine.get();
		for (InetAddress candidate : candidates) {
			if (networks.isEmpty() || networks.stream().anyMatch((network) -> network.contains(candidate))) {
				return candidate.getHostAddress();
			}
		}
		if (!networks.isEmpty()) {
			throw new RpcServerException(
					"rpc.server.advertised.networks: " + advertised.networks()
							+ " (expected: a network of one of this machine's addresses "
							+ candidates.stream().map(InetAddress::getHostAddress).toList() + ")",
					"Correct rpc.server.advertised.networks, or set rpc.server.advertised.host:" + HOST_LINE, null);
		}
		return InetAddress.getLoopbackAddress().getHostAddress();
	}

	static List<InetAddress> candidates(Interfaces machine) {
		try {
			return machine.all()
				.filter(AdvertisedAddress::isUsable)
				.sorted(Comparator.comparingInt(NetworkInterface::getIndex))
				.flatMap((network) -> Collections.list(network.getInetAddresses()).stream())
				.filter((address) -> address instanceof Inet4Address && !address.isLinkLocalAddress())
				.toList();
		}
		catch (SocketException ex) {
			throw new RpcServerException("The network interfaces of this machine cannot be read: " + ex.getMessage(),
					"Set rpc.server.advertised.host:" + HOST_LINE, ex);
		}
	}

	private static boolean isUsable(NetworkInterface network) {
		try {
			return network.isUp() && !network.isLoopback() && !network.isVirtual() && !isBridge(network.getName());
		}
		catch (SocketException ex) {
			return false;
		}
	}

	/** Container engines' own bridges: up, but reachable from this machine alone. */
	private static boolean isBridge(String name) {
		return name.startsWith("docker") || name.startsWith("br-") || name.startsWith("veth")
				|| name.startsWith("virbr");
	}

	private static boolean isLoopback(String host) {
		try {
			return InetAddress.getByName(host).isLoopbackAddress();
		}
		catch (UnknownHostException ex) {
			// A name that only the consumers can resolve.
			return false;
		}
	}

	/**
	 * The network interfaces of a machine.
	 */
	@FunctionalInterface
	interface Interfaces {

		Stream<NetworkInterface> all() throws SocketException;

	}

	private record Cidr(InetAddress network, int bits) {

		/** An address in full: no name to look up, and no short form such as 10/8. */
		private static final Pattern LITERAL = Pattern.compile("\\d+(\\.\\d+){3}|[\\p{XDigit}.]*:[\\p{XDigit}:.]*");

		static Cidr parse(String text) {
			try {
				int slash = text.indexOf('/');
				String literal = text.substring(0, slash);
				if (!LITERAL.matcher(literal).matches()) {
					throw new UnknownHostException(literal);
				}
				InetAddress network = InetAddress.getByName(literal);
				int bits = Integer.parseInt(text.substring(slash + 1));
				if (bits >= 0 && bits <= network.getAddress().length * Byte.SIZE) {
					return new Cidr(network, bits);
				}
			}
			catch (UnknownHostException | IndexOutOfBoundsException | NumberFormatException ex) {
				// Reported below, in the same words as a prefix that is too long.
			}
			throw new RpcServerException(
					"rpc.server.advertised.networks: '" + text + "' (expected: CIDR notation such as 10.0.0.0/8)",
					"Correct rpc.server.advertised.networks:\n\n    rpc.server.advertised.networks=10.0.0.0/8", null);
		}

		boolean contains(InetAddress address) {
			byte[] own = this.network.getAddress();
			byte[] other = address.getAddress();
			if (other.length != own.length) {
				return false;
			}
			for (int bit = 0; bit < this.bits; bit++) {
				int mask = 0x80 >> (bit % Byte.SIZE);
				if ((other[bit / Byte.SIZE] & mask) != (own[bit / Byte.SIZE] & mask)) {
					return false;
				}
			}
			return true;
		}

	}

}
