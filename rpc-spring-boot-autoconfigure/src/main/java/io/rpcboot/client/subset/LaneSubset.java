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

package io.rpcboot.client.subset;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import io.rpcboot.registry.ConsumerGroup;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * The subset of one lane. Instances that drain are not assigned to anybody: who has one
 * gets another in its place, and is told the draining one as long as it is there.
 */
final class LaneSubset {

	private final int size;

	private final String consumerId;

	private final SubsetMoves moves;

	private Set<String> present = Set.of();

	private Set<String> alive = Set.of();

	private ConsumerGroup.@Nullable Slots slots;

	private Set<String> assigned = Set.of();

	LaneSubset(int size, String consumerId, SubsetMoves moves) {
		this.size = size;
		this.consumerId = consumerId;
		this.moves = moves;
	}

	void update(List<ServiceInstance> members, ConsumerGroup.@Nullable Slots newSlots) {
		this.present = new TreeSet<>();
		Set<String> newAlive = new TreeSet<>();
		for (ServiceInstance member : members) {
			this.present.add(member.id());
			if (member.state() == InstanceState.UP) {
				newAlive.add(member.id());
			}
		}
		assign(newAlive, newSlots);
	}

	void update(ConsumerGroup.Slots newSlots) {
		assign(this.alive, newSlots);
	}

	long advance() {
		return this.moves.advance();
	}

	void tell(Set<String> told, Set<String> leaving) {
		if (isWhole()) {
			told.addAll(this.present);
			return;
		}
		told.addAll(this.moves.current());
		told.addAll(this.moves.leaving());
		this.moves.leaving().stream().filter(this.alive::contains).forEach(leaving::add);
	}

	/**
	 * Computes the assignment if what decides it has changed.
	 */
	private void assign(Set<String> newAlive, ConsumerGroup.@Nullable Slots newSlots) {
		if (!newAlive.equals(this.alive) || !Objects.equals(newSlots, this.slots)) {
			this.alive = newAlive;
			this.slots = newSlots;
			this.assigned = assigned();
		}
		this.moves.update(this.present, this.alive, this.assigned);
	}

	private Set<String> assigned() {
		if (isWhole()) {
			return this.alive;
		}
		return (this.slots != null)
				? SubsetAssignment.of(this.alive, this.slots.taken(), this.size).providersOf(this.slots.own())
				: SubsetAssignment.alone(this.alive, this.consumerId, this.size);
	}

	private boolean isWhole() {
		return this.alive.size() < 2 * InstanceSubset.MIN_SIZE || this.alive.size() <= this.size;
	}

}
