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

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceRegistry;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A registry that answers a request when it is told to, or late. It remembers in order
 * what it was asked to do, and by which registration, counted from 1.
 */
public final class HeldRegistry implements ServiceRegistry, AutoCloseable {

	private final List<String> log = new CopyOnWriteArrayList<>();

	private final Queue<CompletableFuture<Void>> unanswered = new ConcurrentLinkedQueue<>();

	private final @Nullable Random delays;

	private volatile boolean closed;

	private int registrations;

	private int registered;

	private int mostRegistered;

	public HeldRegistry() {
		this(null);
	}

	private HeldRegistry(@Nullable Random delays) {
		this.delays = delays;
	}

	/**
	 * Returns a registry that answers each request after 0 to 4 ms by itself.
	 * @param delays the source of the delays
	 * @return the registry
	 */
	public static HeldRegistry answeringLate(Random delays) {
		return new HeldRegistry(delays);
	}

	@Override
	public synchronized Registration register(ServiceInstance instance) {
		this.registrations++;
		this.registered++;
		this.mostRegistered = Math.max(this.mostRegistered, this.registered);
		this.log.add("register " + this.registrations + " " + instance.state());
		return new Entry(this.registrations, instance);
	}

	/**
	 * Answers the oldest request that waits for that.
	 */
	public void answer() {
		this.unanswered.remove().complete(null);
	}

	/**
	 * Answers all that waits, and each later request at once.
	 */
	@Override
	public void close() {
		this.closed = true;
		for (CompletableFuture<Void> waiting = this.unanswered.poll(); waiting != null; waiting = this.unanswered
			.poll()) {
			waiting.complete(null);
		}
	}

	/**
	 * Returns what was asked for.
	 * @return such as {@code register 1 UP}, {@code update 1 DRAINING},
	 * {@code deregister 1}
	 */
	public List<String> log() {
		return this.log;
	}

	/**
	 * Waits until exactly this was asked for.
	 * @param events what was asked for
	 */
	public void awaitLog(String... events) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(this.log).containsExactly(events));
	}

	/**
	 * Returns how many records there are: those whose end was answered are gone.
	 * @return the number
	 */
	public synchronized int registered() {
		return this.registered;
	}

	/**
	 * Returns how many records there were at most.
	 * @return the number
	 */
	public synchronized int mostRegistered() {
		return this.mostRegistered;
	}

	private CompletableFuture<Void> request(String event) {
		this.log.add(event);
		if (this.delays != null) {
			return new CompletableFuture<Void>().completeOnTimeout(null, this.delays.nextInt(5), TimeUnit.MILLISECONDS);
		}
		CompletableFuture<Void> answer = new CompletableFuture<>();
		this.unanswered.add(answer);
		if (this.closed) {
			close();
		}
		return answer;
	}

	private synchronized void forget() {
		this.registered--;
	}

	private final class Entry implements Registration {

		private final int number;

		private volatile ServiceInstance instance;

		private volatile RegistrationState state = RegistrationState.REGISTERED;

		private @Nullable CompletableFuture<Void> gone;

		Entry(int number, ServiceInstance instance) {
			this.number = number;
			this.instance = instance;
		}

		@Override
		public ServiceInstance instance() {
			return this.instance;
		}

		@Override
		public RegistrationState state() {
			return this.state;
		}

		@Override
		public CompletableFuture<Void> update(ServiceInstance newInstance) {
			this.instance = newInstance;
			return request("update " + this.number + " " + newInstance.state());
		}

		@Override
		public synchronized CompletableFuture<Void> deregister() {
			this.state = RegistrationState.DEREGISTERED;
			if (this.gone == null) {
				this.gone = request("deregister " + this.number).thenRun(HeldRegistry.this::forget);
			}
			return this.gone;
		}

	}

}
