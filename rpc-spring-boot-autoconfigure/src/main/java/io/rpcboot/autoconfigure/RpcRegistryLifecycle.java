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

import java.io.Closeable;
import java.io.IOException;

import io.rpcboot.client.RpcChannels;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Closes the registry last of all, when neither the server nor any channel needs it. It
 * opens by itself at the next need, so there is nothing to start; only what would never
 * work is found out before anything else starts.
 */
final class RpcRegistryLifecycle implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(RpcRegistryLifecycle.class);

	private final Closeable registry;

	private final Runnable check;

	private volatile boolean running;

	/**
	 * Creates the lifecycle.
	 * @param registry closed at the end
	 * @param check throws if the start cannot go on
	 */
	RpcRegistryLifecycle(Closeable registry, Runnable check) {
		this.registry = registry;
		this.check = check;
	}

	@Override
	public void start() {
		this.check.run();
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		try {
			this.registry.close();
		}
		catch (IOException ex) {
			logger.warn("The registry did not close: {}", ex.getMessage());
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return RpcChannels.PHASE - 1024;
	}

}
