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

package io.rpcboot.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Loopback ports below the range from which Linux and macOS take ports for outgoing
 * connections, so that a client that keeps dialing while a server is away cannot itself
 * take the server's port.
 */
public final class LoopbackPorts {

	private static final int FIRST = 20000;

	private static final int LAST = 32767;

	private LoopbackPorts() {
	}

	/**
	 * Chooses a port on which nobody listens now.
	 * @return the port
	 */
	public static int free() {
		int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			return free();
		}
	}

}
