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

import java.time.Duration;

/**
 * The limits of connections.
 *
 * @param maxConnections the most that are open at a time; 0 for any number
 * @param maxPerPeer the most that are open at a time from one address, of IPv6 from one
 * network of 64 bits; 0 for any number
 * @param handshakeTimeout how long a peer may take to begin to speak HTTP/2, TLS
 * included; above 0
 * @param frameTimeout how long a frame, or the headers of a request, may take to arrive;
 * 0 for ever
 * @param requestTimeout how long the request may take to arrive of a call that has one
 * request message; 0 for ever
 * @param answerTimeout how long a peer may take to take the answer of a call that has one
 * answer message; 0 for ever
 * @param maxResets how often a peer may reset streams within the window before its
 * connection is closed; 0 for any number
 * @param resetWindow the window; whole seconds, at least 1
 */
public record ConnectionSettings(int maxConnections, int maxPerPeer, Duration handshakeTimeout, Duration frameTimeout,
		Duration requestTimeout, Duration answerTimeout, int maxResets, Duration resetWindow) {

}
