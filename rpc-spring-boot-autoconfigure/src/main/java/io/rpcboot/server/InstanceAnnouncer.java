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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces one start of the server: registers it once it has answered its own health
 * call, marks it as draining, and takes it away. No method blocks.
 */
final class InstanceAnnouncer {

	private static final Logger logger = LoggerFactory.getLogger(InstanceAnnouncer.class);

	private static final long RETRY_MILLIS = 500;

	private final @Nullable ServiceRegistry registry;

	private final ServiceInstance instance;

	private final SelfCheck selfCheck;

	private final CountDownLatch withdrawn = new CountDownLatch(1);

	private boolean announcing;

	private boolean leaving;

	private @Nullable Registration registration;

	InstanceAnnouncer(@Nullable ServiceRegistry registry, ServiceInstance instance, SelfCheck selfCheck) {
		this.registry = registry;
		this.instance = instance;
		this.selfCheck = selfCheck;
	}

	/**
	 * Begins to announce the instance; calling it again changes nothing.
	 */
	synchronized void announce() {
		if (this.registry == null || this.announcing) {
			return;
		}
		this.announcing = true;
		Thread thread = new Thread(this::checkAndRegister, "rpc-announce");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Marks the instance as draining. One that is not registered yet never will be.
	 */
	synchronized void drain() {
		this.leaving = true;
		if (this.registration != null) {
			this.registration.update(this.registration.instance().withState(InstanceState.DRAINING));
		}
	}

	/**
	 * Takes the instance out of the registry.
	 * @return completes when that is done, or after the registry's own short limit
	 */
	synchronized CompletableFuture<Void> withdraw() {
		this.leaving = true;
		this.withdrawn.countDown();
		return (this.registration != null) ? this.registration.deregister() : CompletableFuture.completedFuture(null);
	}

	synchronized RegistrationState state() {
		return (this.registration != null) ? this.registration.state() : RegistrationState.PENDING;
	}

	private void checkAndRegister() {
		try {
			boolean warned = false;
			Status result = this.selfCheck.run();
			while (!result.isOk()) {
				if (!warned) {
					warned = true;
					logger
						.warn("The RPC server does not answer its own health call at {}: {}. It is not registered yet; "
								+ "trying again until it answers", this.instance.address(), result);
				}
				if (this.withdrawn.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
					return;
				}
				result = this.selfCheck.run();
			}
			register();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private synchronized void register() {
		if (this.registry == null || this.leaving) {
			return;
		}
		try {
			this.registration = this.registry.register(this.instance);
		}
		catch (RuntimeException ex) {
			logger.error("The registry refused {} at {}: nobody will discover it", this.instance.application(),
					this.instance.address(), ex);
		}
	}

}
