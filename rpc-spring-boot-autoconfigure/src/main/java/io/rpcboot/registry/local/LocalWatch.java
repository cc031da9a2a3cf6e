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

package io.rpcboot.registry.local;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one listener what is new to it.
 */
final class LocalWatch implements InstanceWatch {

	private static final Logger logger = LoggerFactory.getLogger(LocalWatch.class);

	private final String application;

	private final InstanceListener listener;

	private final Runnable pollSoon;

	private final Consumer<LocalWatch> onClose;

	private volatile boolean closed;

	private @Nullable List<ServiceInstance> told;

	private @Nullable String toldReason;

	LocalWatch(String application, InstanceListener listener, Runnable pollSoon, Consumer<LocalWatch> onClose) {
		this.application = application;
		this.listener = listener;
		this.pollSoon = pollSoon;
		this.onClose = onClose;
	}

	String application() {
		return this.application;
	}

	@Override
	public void refresh() {
		this.pollSoon.run();
	}

	@Override
	public void close() {
		this.closed = true;
		this.onClose.accept(this);
	}

	/**
	 * Hands over the set as it is now. Called by the poll thread.
	 * @param instances the whole set
	 */
	void offer(List<ServiceInstance> instances) {
		if (!instances.equals(this.told)) {
			this.told = instances;
			tell(() -> this.listener.onInstances(instances));
		}
	}

	/**
	 * Hands over the reason why there is no set, once each. Called by the poll thread.
	 * @param reason what failed
	 */
	void fail(RegistryException reason) {
		if (this.told == null && !Objects.equals(this.toldReason, reason.getMessage())) {
			this.toldReason = reason.getMessage();
			tell(() -> this.listener.onUnavailable(reason));
		}
	}

	private void tell(Runnable call) {
		if (this.closed) {
			return;
		}
		try {
			call.run();
		}
		catch (Throwable ex) {
			logger.error("Listener of {} failed: {}", this.application, this.listener, ex);
		}
	}

}
