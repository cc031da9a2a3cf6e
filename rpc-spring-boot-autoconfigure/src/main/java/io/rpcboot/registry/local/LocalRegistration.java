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

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.RegistryEvents;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the record that is wanted; every poll makes the files agree with it.
 */
final class LocalRegistration implements Registration {

	private static final Logger logger = LoggerFactory.getLogger(LocalRegistration.class);

	private static final int DEREGISTER_SECONDS = 3;

	private final Announcement announcement;

	private final Runnable pollSoon;

	private final Duration pollPeriod;

	private final RegistryEvents events;

	private final CompletableFuture<Void> gone = new CompletableFuture<>();

	private final List<CompletableFuture<Void>> updates = new ArrayList<>();

	private volatile ServiceInstance wanted;

	private volatile @Nullable ServiceInstance written;

	private volatile boolean leaving;

	private boolean failing;

	LocalRegistration(ServiceInstance instance, Announcement announcement, Runnable pollSoon, Duration pollPeriod,
			RegistryEvents events) {
		this.events = events;
		this.wanted = instance;
		this.announcement = announcement;
		this.pollSoon = pollSoon;
		this.pollPeriod = pollPeriod;
	}

	@Override
	public ServiceInstance instance() {
		return this.wanted;
	}

	@Override
	public RegistrationState state() {
		if (this.leaving) {
			return RegistrationState.DEREGISTERED;
		}
		return this.wanted.equals(this.written) ? RegistrationState.REGISTERED : RegistrationState.PENDING;
	}

	@Override
	public CompletableFuture<Void> update(ServiceInstance instance) {
		checkSame("id", instance.id(), this.wanted.id());
		checkSame("application", instance.application(), this.wanted.application());
		CompletableFuture<Void> update = new CompletableFuture<>();
		synchronized (this.updates) {
			if (this.leaving) {
				return CompletableFuture.completedFuture(null);
			}
			this.wanted = instance;
			this.updates.add(update);
		}
		this.pollSoon.run();
		return update;
	}

	@Override
	public CompletableFuture<Void> deregister() {
		leave();
		return this.gone.copy().completeOnTimeout(null, DEREGISTER_SECONDS, TimeUnit.SECONDS);
	}

	void leave() {
		synchronized (this.updates) {
			this.leaving = true;
		}
		this.pollSoon.run();
	}

	/**
	 * Makes the files agree with what is wanted. Called by the poll thread.
	 * @return whether the registration is over
	 */
	boolean reconcile() {
		ServiceInstance target = this.wanted;
		boolean withdraw = this.leaving;
		try {
			if (withdraw) {
				this.announcement.withdraw();
				left();
			}
			else if (!target.equals(this.written) || !this.announcement.isIntact()) {
				this.announcement.write(target);
				wrote(target);
			}
			completeUpdates(target);
			return withdraw;
		}
		catch (IOException | RegistryException | IllegalStateException ex) {
			failed(withdraw ? "Deregistration" : "Registration", ex);
			return false;
		}
	}

	/**
	 * Ends the registration for good. Called by the poll thread as its last act.
	 */
	void end() {
		leave();
		if (reconcile()) {
			return;
		}
		try {
			this.announcement.release();
		}
		catch (IOException ex) {
			logger.debug("Lock of {} was not removed", this.wanted.id(), ex);
		}
		left();
	}

	private void wrote(ServiceInstance target) {
		if (this.failing) {
			logger.info("Registration of {} works again", target.id());
			this.events.add("Registration of " + target.id() + " works again");
		}
		if (target.equals(this.written)) {
			logger.warn("Files of {} were removed or altered by somebody else; written again", target.id());
		}
		if (this.written == null) {
			logger.info("Registered {} at {} as {}", target.application(), target.address(), target.id());
			this.events.add("Registered " + target.application() + " at " + target.address());
		}
		this.failing = false;
		this.written = target;
	}

	private void left() {
		if (this.written != null) {
			logger.info("Deregistered {} at {} as {}", this.wanted.application(), this.wanted.address(),
					this.wanted.id());
			this.events.add("Deregistered " + this.wanted.application() + " at " + this.wanted.address());
		}
		this.written = null;
		this.gone.complete(null);
	}

	private void failed(String what, Exception ex) {
		if (!this.failing) {
			logger.warn("{} of {} at {} as {} failed (attempt 1, next in {} ms): {}", what, this.wanted.application(),
					this.wanted.address(), this.wanted.id(), this.pollPeriod.toMillis(), ex.toString());
			this.events.add(what + " of " + this.wanted.application() + " failed: " + ex);
		}
		this.failing = true;
		this.written = null;
	}

	private void completeUpdates(ServiceInstance target) {
		List<CompletableFuture<Void>> done;
		synchronized (this.updates) {
			if (!this.wanted.equals(target)) {
				return;
			}
			done = List.copyOf(this.updates);
			this.updates.clear();
		}
		done.forEach((update) -> update.complete(null));
	}

	private static void checkSame(String name, String value, String expected) {
		if (!value.equals(expected)) {
			throw new IllegalArgumentException(name + ": '" + value + "' (expected: '" + expected + "')");
		}
	}

}
