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
import io.rpcboot.registry.RegistrationStatistics;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces one start of the server: registers it once it has answered its own health
 * call, takes it out and brings it back by hand, marks it as draining, and takes it away.
 * No method blocks.
 * <p>
 * At most one registration is in the registry at a time: the next one is made only when
 * the last one is gone, or the registry has been given its time for that.
 */
final class InstanceAnnouncer {

	private static final Logger logger = LoggerFactory.getLogger(InstanceAnnouncer.class);

	private static final long RETRY_MILLIS = 500;

	/**
	 * How long the mark may take that says that an instance leaves on purpose. A registry
	 * that does not answer must not hold up the deletion.
	 */
	private static final long MARK_MILLIS = 1000;

	/**
	 * The registry's own limit is 2 s; this one is for a registry that does not keep it,
	 * and for one that is away while an instance comes back.
	 */
	private static final long REGISTRY_SECONDS = 3;

	private final @Nullable ServiceRegistry registry;

	private final ServiceInstance instance;

	private final SelfCheck selfCheck;

	private final CountDownLatch withdrawn = new CountDownLatch(1);

	private boolean announcing;

	private boolean answered;

	private boolean offline;

	private boolean leaving;

	private @Nullable Registration registration;

	private RegistrationStatistics kept = RegistrationStatistics.NONE;

	/** The end of the last registration that was taken away by hand. */
	private CompletableFuture<Void> away = CompletableFuture.completedFuture(null);

	/** The end of the last time it was brought back. */
	private CompletableFuture<Void> back = CompletableFuture.completedFuture(null);

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
		startThread(this::checkAndRegister);
	}

	/**
	 * Takes the instance out of the registry, where nothing but {@link #online()} puts it
	 * again. Marked as draining first, so that consumers know that it left on purpose.
	 * Once it leaves for good, nothing changes.
	 * @return completes when that is done, or a few seconds later all the same
	 */
	synchronized CompletableFuture<Void> offline() {
		if (!this.offline && !this.leaving) {
			this.offline = true;
			logger.info("{} at {} is taken offline by hand: out of the registry, still serving",
					this.instance.application(), this.instance.address());
			if (this.registration != null) {
				this.away = takeAway(this.registration);
				this.registration = null;
			}
		}
		return this.away.copy();
	}

	/**
	 * Undoes {@link #offline()}. The instance is registered at once if it had its turn
	 * already. Once it leaves for good, nothing changes.
	 * @return completes when the registry holds it, or a few seconds later all the same
	 */
	synchronized CompletableFuture<Void> online() {
		if (this.offline && !this.leaving) {
			this.offline = false;
			logger.info("{} at {} is brought online by hand", this.instance.application(), this.instance.address());
			// On a thread of its own: a registry may need a moment to register, and the
			// thread that completes a future is not ours to hold.
			this.back = this.away.thenComposeAsync((ignored) -> comeBack(), InstanceAnnouncer::startThread)
				.exceptionally((failure) -> failed("take back", failure));
		}
		return this.back.copy();
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
		return (this.registration != null) ? this.registration.deregister() : this.away.copy();
	}

	/**
	 * Returns how the registration has been kept; the last one, while there is none.
	 */
	synchronized RegistrationStatistics statistics() {
		if (this.registration != null) {
			this.kept = this.registration.statistics();
		}
		return this.kept;
	}

	/**
	 * Returns the record as it is in the registry, or is to be.
	 */
	synchronized ServiceInstance instance() {
		return (this.registration != null) ? this.registration.instance() : this.instance;
	}

	synchronized RegistrationState state() {
		if (this.offline) {
			return RegistrationState.DEREGISTERED;
		}
		return (this.registration != null) ? this.registration.state() : RegistrationState.PENDING;
	}

	private void checkAndRegister() {
		try {
			boolean warned = false;
			Status result = this.selfCheck.run();
			while (!result.isOk()) {
				if (this.withdrawn.getCount() == 0) {
					// The server has stopped meanwhile.
					return;
				}
				if (!warned) {
					warned = true;
					logger
						.warn("The RPC server does not answer its own health call at {}: {}. It is not registered yet; "
								+ "trying again until it answers", this.instance.address(), reason(result));
					logger.debug("The health call of {} failed", this.instance.address(), result.getCause());
				}
				if (this.withdrawn.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
					return;
				}
				result = this.selfCheck.run();
			}
			registerFirst();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private synchronized void registerFirst() {
		this.answered = true;
		register();
	}

	private synchronized void register() {
		if (this.registry == null || !this.answered || this.offline || this.leaving || this.registration != null) {
			return;
		}
		if (!this.away.isDone()) {
			// Whoever brought it online since waits for that, and comes here again.
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

	private synchronized CompletableFuture<Void> comeBack() {
		register();
		if (this.registration == null) {
			return CompletableFuture.completedFuture(null);
		}
		// The same record once more: the answer says when the registry holds it.
		return this.registration.update(this.registration.instance())
			.copy()
			.completeOnTimeout(null, REGISTRY_SECONDS, TimeUnit.SECONDS);
	}

	private CompletableFuture<Void> takeAway(Registration taken) {
		return CompletableFuture.completedFuture(taken.instance().withState(InstanceState.DRAINING))
			.thenCompose(taken::update)
			.completeOnTimeout(null, MARK_MILLIS, TimeUnit.MILLISECONDS)
			.exceptionally((failure) -> failed("mark as draining", failure))
			.thenCompose((ignored) -> taken.deregister())
			.completeOnTimeout(null, REGISTRY_SECONDS, TimeUnit.SECONDS)
			.exceptionally((failure) -> failed("forget", failure));
	}

	private @Nullable Void failed(String what, Throwable failure) {
		logger.error("The registry failed to {} {} at {}", what, this.instance.application(), this.instance.address(),
				failure);
		return null;
	}

	/**
	 * Returns what failed in one line: a status itself writes the stack of its cause.
	 */
	private static String reason(Status failed) {
		String text = failed.getCode() + ((failed.getDescription() != null) ? ": " + failed.getDescription() : "");
		return (failed.getCause() != null) ? text + " (" + failed.getCause() + ")" : text;
	}

	private static void startThread(Runnable task) {
		Thread thread = new Thread(task, "rpc-announce");
		thread.setDaemon(true);
		thread.start();
	}

}
