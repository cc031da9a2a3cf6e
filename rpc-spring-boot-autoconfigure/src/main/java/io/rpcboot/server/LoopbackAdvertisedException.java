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

/**
 * Thrown when an instance would be announced at a loopback address in a registry that
 * other machines read.
 */
public final class LoopbackAdvertisedException extends RpcServerException {

	LoopbackAdvertisedException(String host) {
		super("The RPC server would be announced at the loopback address '" + host
				+ "' in a registry on another machine, where no consumer could reach it",
				"Set rpc.server.advertised.host to a name or address that the consumers can reach, or"
						+ " rpc.server.advertised.networks to the network to choose it from, or bind rpc.server.address to it:"
						+ "\n\n    rpc.server.advertised.networks=10.0.0.0/8",
				null);
	}

}
