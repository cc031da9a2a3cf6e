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

import org.springframework.context.ApplicationEvent;

/**
 * Published when the server listens, before it is registered. On the thread that starts
 * the application context.
 */
public final class RpcServerStartedEvent extends ApplicationEvent {

	private static final long serialVersionUID = 1L;

	private final int port;

	RpcServerStartedEvent(RpcServerLifecycle source, int port) {
		super(source);
		this.port = port;
	}

	/**
	 * Returns the real port, also where a random one was asked for.
	 * @return the port
	 */
	public int port() {
		return this.port;
	}

}
