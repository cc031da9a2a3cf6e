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
 * Thrown when another process, or another server of this one, listens on the port.
 */
public final class PortInUseException extends RpcServerException {

	private final int port;

	PortInUseException(String address, int port, Throwable cause) {
		super("The RPC server cannot listen on " + address + ":" + port + ": the port is in use",
				"Stop what listens there, or set rpc.server.port to a free port, to 0 for a random one, or to -1 for no"
						+ " server:\n\n    rpc.server.port=0",
				cause);
		this.port = port;
	}

	/**
	 * Returns the port.
	 * @return the port that was asked for
	 */
	public int port() {
		return this.port;
	}

}
