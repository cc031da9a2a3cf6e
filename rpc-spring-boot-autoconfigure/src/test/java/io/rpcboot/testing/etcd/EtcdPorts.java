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

package io.rpcboot.testing.etcd;

import io.rpcboot.testing.LoopbackPorts;

/**
 * Where one etcd listens on the loopback address.
 *
 * @param client the port for clients
 * @param peer the port for other members
 */
record EtcdPorts(int client, int peer) {

	/**
	 * Chooses two ports on which nobody listens now.
	 * @return the ports
	 */
	static EtcdPorts free() {
		int client = LoopbackPorts.free();
		int peer = LoopbackPorts.free();
		return (client != peer) ? new EtcdPorts(client, peer) : free();
	}

	String clientUrl() {
		return "http://127.0.0.1:" + this.client;
	}

	String peerUrl() {
		return "http://127.0.0.1:" + this.peer;
	}

}
