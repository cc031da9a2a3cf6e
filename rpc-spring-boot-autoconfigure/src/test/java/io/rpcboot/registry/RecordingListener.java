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

package io.rpcboot.registry;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A listener that remembers all it is told, and waits for what it should be told.
 */
public final class RecordingListener implements InstanceListener {

	private static final Duration PATIENCE = Duration.ofSeconds(15);

	private final List<List<ServiceInstance>> sets = new CopyOnWriteArrayList<>();

	private final List<RegistryException> failures = new CopyOnWriteArrayList<>();

	private final List<String> announcedAgain = new CopyOnWriteArrayList<>();

	private final AtomicBoolean busy = new AtomicBoolean();

	private final AtomicInteger overlaps = new AtomicInteger();

	@Override
	public void onInstances(List<ServiceInstance> instances) {
		enter();
		this.sets.add(instances);
		this.busy.set(false);
	}

	@Override
	public void onUnavailable(RegistryException reason) {
		enter();
		this.failures.add(reason);
		this.busy.set(false);
	}

	@Override
	public void onAnnouncedAgain(String id) {
		enter();
		this.announcedAgain.add(id);
		this.busy.set(false);
	}

	private void enter() {
		if (!this.busy.compareAndSet(false, true)) {
			this.overlaps.incrementAndGet();
		}
	}

	/**
	 * Returns every set told so far.
	 * @return the sets, oldest first
	 */
	public List<List<ServiceInstance>> sets() {
		return List.copyOf(this.sets);
	}

	/**
	 * Returns the ids of every set told so far.
	 * @return the ids of each set, oldest first
	 */
	public List<List<String>> idSets() {
		return this.sets.stream().map(RecordingListener::ids).toList();
	}

	/**
	 * Returns every reason told so far why there is no set.
	 * @return the reasons, oldest first
	 */
	public List<RegistryException> failures() {
		return List.copyOf(this.failures);
	}

	/**
	 * Waits until something has been told.
	 * @return the first set
	 */
	public List<ServiceInstance> awaitFirst() {
		await().until(() -> !this.sets.isEmpty());
		return this.sets.get(0);
	}

	/**
	 * Waits until the last set is of these instances.
	 * @param ids the ids, in the order expected
	 * @return the set
	 */
	public List<ServiceInstance> awaitIds(String... ids) {
		await().untilAsserted(() -> assertThat(this.idSets()).last().isEqualTo(List.of(ids)));
		return latest();
	}

	/**
	 * Waits until the last set is as expected.
	 * @param expected what is expected of it
	 * @return the set
	 */
	public List<ServiceInstance> awaitSet(Predicate<List<ServiceInstance>> expected) {
		await().untilAsserted(() -> assertThat(this.sets).last().matches(expected));
		return latest();
	}

	/**
	 * Waits until a reason has been told why there is no set.
	 * @return the first reason
	 */
	public RegistryException awaitFailure() {
		await().until(() -> !this.failures.isEmpty());
		return this.failures.get(0);
	}

	/**
	 * Waits until an instance was announced again.
	 * @param id its id
	 */
	public void awaitAnnouncedAgain(String id) {
		await().until(() -> this.announcedAgain.contains(id));
	}

	private List<ServiceInstance> latest() {
		assertThat(this.overlaps).as("calls of the listener while another was under way").hasValue(0);
		return this.sets.get(this.sets.size() - 1);
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10)).atMost(PATIENCE);
	}

	private static List<String> ids(List<ServiceInstance> instances) {
		return instances.stream().map(ServiceInstance::id).toList();
	}

}
