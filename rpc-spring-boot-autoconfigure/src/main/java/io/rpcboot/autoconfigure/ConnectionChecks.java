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

package io.rpcboot.autoconfigure;

import java.time.Duration;

import io.rpcboot.autoconfigure.RpcServerProperties.Limits;
import io.rpcboot.server.connection.ConnectionSettings;

/**
 * Makes the limits of connections of the properties, and checks them.
 */
final class ConnectionChecks {

	private static final String KEY = "rpc.server.limits";

	private ConnectionChecks() {
	}

	static ConnectionSettings settings(Limits limits) {
		Checked.range(KEY + ".max-connections", limits.getMaxConnections(), 0, Integer.MAX_VALUE);
		Checked.range(KEY + ".max-connections-per-peer", limits.getMaxConnectionsPerPeer(), 0, Integer.MAX_VALUE);
		Checked.that(limits.getHandshakeTimeout().toMillis() >= 1, KEY + ".handshake-timeout",
				limits.getHandshakeTimeout(), "at least 1ms");
		Checked.notNegative(KEY + ".frame-timeout", limits.getFrameTimeout());
		Checked.notNegative(KEY + ".request-timeout", limits.getRequestTimeout());
		Checked.notNegative(KEY + ".answer-timeout", limits.getAnswerTimeout());
		Checked.range(KEY + ".max-resets", limits.getMaxResets(), 0, Integer.MAX_VALUE);
		Duration window = limits.getResetWindow();
		Checked.that(isWholeSeconds(window), KEY + ".reset-window", window, "whole seconds, at least 1s");
		return new ConnectionSettings(limits.getMaxConnections(), limits.getMaxConnectionsPerPeer(),
				limits.getHandshakeTimeout(), limits.getFrameTimeout(), limits.getRequestTimeout(),
				limits.getAnswerTimeout(), limits.getMaxResets(), window);
	}

	private static boolean isWholeSeconds(Duration window) {
		return window.toNanosPart() == 0 && window.toSeconds() >= 1 && window.toSeconds() <= Integer.MAX_VALUE;
	}

}
