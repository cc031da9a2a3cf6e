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

package io.rpcboot.registry.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Membership}.
 */
class MembershipTests {

	private static final boolean LEASE_LIVES = true;

	private static final boolean LEASE_ENDED = false;

	private static final Duration TTL = Duration.ofSeconds(10);

	private long now;

	private long revision;

	private final RegistryLiveness registry = new RegistryLiveness(TTL.toNanos(), () -> this.now);

	private final RegistryTrust trust = new RegistryTrust(this.registry, () -> this.now);

	private final Membership membership = new Membership(this.trust, () -> this.now);

	private final Map<String, InstanceRecord> records = new TreeMap<>();

	private final List<Membership.Gone> undecided = new ArrayList<>();

	@Test
	void whenThereAreNoRecordsThenTheSetIsEmpty() {
		update();
		assertThat(ids()).isEmpty();
		assertThat(this.membership.isWaiting()).isFalse();
		assertThat(this.membership.waitNanos()).isNull();
	}

	@Test
	void instancesAreSortedByIdAndUnmodifiable() {
		this.records.put("key-1", record("c", 3));
		this.records.put("key-2", record("a", 1));
		this.records.put("key-3", record("b", 2));
		update();
		assertThat(ids()).containsExactly("a", "b", "c");
		assertThat(this.membership.instances()).isUnmodifiable();
	}

	@Test
	void whenOneAddressIsHeldTwiceThenTheYoungerKeyCounts() {
		this.records.put("old", record("old", 1));
		this.records.put("young", record("young", 1));
		update();
		assertThat(ids()).containsExactly("young");
	}

	@Test
	void whenOneIdIsClaimedTwiceThenTheYoungerKeyCounts() {
		this.records.put("young", record("a", 2));
		this.records.put("old", new InstanceRecord(instance("a", 1), 0, 7));
		update();
		assertThat(this.membership.instances()).containsExactly(instance("a", 2));
	}

	@Test
	void whenOneWasDrainingThenItIsOutAtOnceBeItTheLast() {
		add("a");
		this.records.put("a", new InstanceRecord(instance("a", 1).withState(InstanceState.DRAINING), 1, 7));
		update();
		remove("a");
		assertThat(ids()).isEmpty();
		assertThat(this.undecided).isEmpty();
	}

	@Test
	void whenOneTookLeaveBetweenTwoUpdatesThenItIsOutAtOnce() {
		add("a");
		this.membership.tookLeave("a");
		remove("a");
		assertThat(ids()).isEmpty();
		assertThat(this.undecided).isEmpty();
	}

	@Test
	void whileItIsNotKnownWhyOneHasGoneThenItStays() {
		add("a", "b");
		remove("a");
		assertThat(ids()).containsExactly("a", "b");
		assertThat(this.membership.quarantined()).isEmpty();
		assertThat(this.undecided).singleElement().extracting(Membership.Gone::lease).isEqualTo(7L);
		assertThat(this.membership.waitNanos()).isNull();
	}

	@Test
	void whenOneOfSeveralIsDeletedByHandThenItIsOutAtOnceEvenWhenTheRegistryIsInDoubt() {
		add("a", "b", "c");
		this.trust.doubt();
		remove("a", "b");
		decideAll(LEASE_LIVES);
		assertThat(ids()).containsExactly("c");
	}

	@Test
	void whenARecordWithoutLeaseHasGoneThenItWasDeletedByHand() {
		this.records.put("a", new InstanceRecord(instance("a", 1), 1, 0));
		add("b");
		remove("a");
		assertThat(this.undecided).isEmpty();
		assertThat(ids()).containsExactly("b");
	}

	@Test
	void whenTheLastIsDeletedByHandThenItStaysForAMoment() {
		add("a");
		remove("a");
		decideAll(LEASE_LIVES);
		assertThat(ids()).containsExactly("a");
		assertThat(this.membership.quarantined()).isEmpty();
		assertThat(this.membership.waitNanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
		pass(Duration.ofSeconds(3));
		assertThat(ids()).isEmpty();
	}

	@Test
	void whenTheLastIsDeletedByHandAndPutBackThenNothingChanges() {
		add("a");
		remove("a");
		decideAll(LEASE_LIVES);
		add("a");
		assertThat(this.membership.takeAnnouncedAgain()).containsExactly("a");
		assertThat(this.membership.takeAnnouncedAgain()).isEmpty();
		pass(Duration.ofSeconds(3));
		assertThat(ids()).containsExactly("a");
		assertThat(this.membership.isWaiting()).isFalse();
	}

	@Test
	void whenOneVanishesThenItIsOutAtOnce() {
		add("a", "b");
		remove("a");
		decideAll(LEASE_ENDED);
		assertThat(ids()).containsExactly("b");
	}

	@Test
	void whenManyVanishThenTheyAreInQuarantineForOneTtl() {
		add("a", "b", "c");
		remove("a", "b");
		decideAll(LEASE_ENDED);
		assertThat(ids()).containsExactly("a", "b", "c");
		assertThat(this.membership.quarantined()).containsExactlyInAnyOrder("a", "b");
		assertThat(this.membership.waitNanos()).isEqualTo(TTL.toNanos());
		answerFor(TTL);
		assertThat(ids()).containsExactly("c");
	}

	@Test
	void whenOneVanishesWhileTheRegistryIsInDoubtThenItIsInQuarantine() {
		add("a", "b");
		pass(TTL);
		answer();
		remove("a");
		decideAll(LEASE_ENDED);
		assertThat(ids()).containsExactly("a", "b");
		answerFor(TTL);
		assertThat(ids()).containsExactly("b");
	}

	@Test
	void whileTheRegistryIsSilentThenQuarantineGoesOn() {
		add("a", "b", "c");
		remove("a", "b");
		decideAll(LEASE_ENDED);
		pass(TTL.multipliedBy(10));
		assertThat(ids()).containsExactly("a", "b", "c");
		assertThat(this.membership.waitNanos()).isEqualTo(TTL.toNanos());
	}

	@Test
	void whenOneInQuarantineIsAnnouncedAgainThenItStays() {
		add("a", "b", "c");
		remove("a", "b");
		decideAll(LEASE_ENDED);
		add("a");
		assertThat(this.membership.quarantined()).containsExactly("b");
		assertThat(this.membership.takeAnnouncedAgain()).containsExactly("a");
		answerFor(TTL);
		assertThat(ids()).containsExactly("a", "c");
	}

	@Test
	void whenAllVanishThenTheSetIsNotEmptied() {
		add("a", "b");
		remove("a", "b");
		decideAll(LEASE_ENDED);
		answerFor(TTL.multipliedBy(10));
		assertThat(ids()).containsExactly("a", "b");
		assertThat(this.membership.waitNanos()).isNull();
	}

	@Test
	void whenAllVanishedAndAnotherAppearsThenItReplacesThemOnceTheRegistryIsTrusted() {
		add("a", "b");
		remove("a", "b");
		decideAll(LEASE_ENDED);
		add("c");
		assertThat(ids()).containsExactly("a", "b", "c");
		answerFor(TTL);
		assertThat(ids()).containsExactly("c");
	}

	@Test
	void whenTheLastVanishesAndAnotherAppearsThenItReplacesIt() {
		add("a");
		remove("a");
		decideAll(LEASE_ENDED);
		assertThat(ids()).containsExactly("a");
		answerFor(TTL);
		add("b");
		assertThat(ids()).containsExactly("b");
	}

	@Test
	void whenAProcessStartsAgainOnTheAddressOfOneInQuarantineThenTheNewOneCounts() {
		add("a", "b");
		remove("a", "b");
		decideAll(LEASE_ENDED);
		this.records.put("new", new InstanceRecord(instance("new", port("a")), 1, 8));
		update();
		assertThat(ids()).containsExactly("b", "new");
	}

	@Test
	void whenARecordWentAndCameBackUnseenThenItWasAnnouncedAgain() {
		add("a");
		this.records.put("a", new InstanceRecord(instance("a", 1), 99, 8));
		update();
		assertThat(this.membership.takeAnnouncedAgain()).containsExactly("a");
	}

	@Test
	void whenARecordIsRewrittenThenItWasNotAnnouncedAgain() {
		add("a");
		InstanceRecord before = this.records.get("a");
		this.records.put("a",
				new InstanceRecord(instance("a", 1).withState(InstanceState.DRAINING), before.createRevision(), 7));
		update();
		assertThat(this.membership.takeAnnouncedAgain()).isEmpty();
	}

	@Test
	void whenOneComesBackBeforeItIsKnownWhyItHadGoneThenTheReasonIsIgnored() {
		add("a", "b");
		remove("a");
		add("a");
		decideAll(LEASE_ENDED);
		assertThat(ids()).containsExactly("a", "b");
		remove("a", "b");
		assertThat(this.undecided).hasSize(2);
	}

	@Test
	void whenRestoredThenTheSetIsThatOfTheEarlierRun() {
		this.membership.restore(Map.of("a", instance("a", 1), "b", instance("b", 2)));
		assertThat(ids()).containsExactly("a", "b");
		assertThat(this.membership.quarantined()).containsExactlyInAnyOrder("a", "b");
	}

	@Test
	void whenARecordWithoutLeaseHasGoneFromARegistryInDoubtThenItVanished() {
		this.records.put("a", new InstanceRecord(instance("a", 1), 1, 0));
		add("b");
		this.trust.doubt();
		remove("a");
		assertThat(ids()).containsExactly("a", "b");
		assertThat(this.membership.quarantined()).containsExactly("a");
	}

	@Test
	void whenRestoredThenTheFirstRecordsReplaceTheSetBeTheRegistryInDoubtOrNot() {
		this.trust.doubt();
		this.membership.restore(Map.of("a", instance("a", 1), "b", instance("b", 2)));
		add("b", "c");
		assertThat(ids()).containsExactly("b", "c");
	}

	@Test
	void whenRestoredAndTheRegistryIsEmptyThenTheSetStays() {
		this.membership.restore(Map.of("a", instance("a", 1)));
		answerFor(TTL);
		update();
		assertThat(ids()).containsExactly("a");
	}

	private void add(String... ids) {
		for (String id : ids) {
			this.records.put(id, record(id, port(id)));
		}
		update();
	}

	private void remove(String... ids) {
		for (String id : ids) {
			this.records.remove(id);
		}
		update();
	}

	private void update() {
		this.undecided.addAll(this.membership.update(Map.copyOf(this.records)));
	}

	private void decideAll(boolean leaseLives) {
		this.undecided.forEach((entry) -> this.membership.decide(entry, leaseLives));
		this.undecided.clear();
	}

	private List<String> ids() {
		return this.membership.instances().stream().map(ServiceInstance::id).toList();
	}

	private InstanceRecord record(String id, int port) {
		return new InstanceRecord(instance(id, port), ++this.revision, 7);
	}

	private void answerFor(Duration time) {
		Duration step = TTL.dividedBy(5);
		for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(step)) {
			pass(step);
			answer();
		}
	}

	private void answer() {
		this.registry.answered();
		this.trust.answered();
	}

	private void pass(Duration time) {
		this.now += time.toNanos();
	}

	private static int port(String id) {
		return id.charAt(0);
	}

	private static ServiceInstance instance(String id, int port) {
		return ServiceInstance.of(id, "demo", "10.0.0.1", port);
	}

}
