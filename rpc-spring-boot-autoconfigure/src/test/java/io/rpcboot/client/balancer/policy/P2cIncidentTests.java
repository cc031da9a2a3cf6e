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

package io.rpcboot.client.balancer.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How {@link P2cPolicy} and {@link InstanceStatistics} together meet incidents: ten
 * instances that answer in about 5 ms, 2000 calls a second at random, on fake time. Each
 * would get 200 calls a second.
 */
class P2cIncidentTests {

	private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

	private static final int SIZE = 10;

	private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(1);

	private static final double MEAN_GAP = 0.5 * MILLISECOND;

	private final Random random = new Random(42);

	private final Comparator<Call> byEnd = Comparator.comparingLong(Call::end);

	private final PriorityQueue<Call> open = new PriorityQueue<>(this.byEnd);

	private final List<SettableCandidate> candidates = new ArrayList<>();

	private long now;

	private InstanceSelector selector = (hints) -> 0;

	/** How long the first instance takes, and how its calls end. */
	private double serviceMillis = 5;

	private Outcome outcome = Outcome.ANSWER;

	@BeforeEach
	void startTen() {
		for (int i = 0; i < SIZE; i++) {
			this.candidates.add(new SettableCandidate(String.valueOf(i), 100, new InstanceStatistics(() -> this.now)));
		}
		this.selector = new P2cPolicy(() -> this.now, this.random::nextInt).selector(this.candidates, null);
	}

	@Test
	void whenAllAreHealthyThenTheFirstGetsAboutATenth() {
		run(5);
		assertThat(run(20)).isBetween(3500, 4500);
	}

	@Test
	void whenOneIsTenTimesSlowerThenItGetsLessThanATenthOfItsShare() {
		run(5);
		this.serviceMillis = 50;
		assertThat(run(20)).isBetween(1, 400);
	}

	@Test
	void whenOneHangsThenItGetsFewCallsBeforeItsFirstTimeout() {
		run(5);
		this.serviceMillis = 1e9;
		// Within the timeout of a second no call ends; round robin sends 200.
		assertThat(run(0.9)).isBetween(1, 30);
		assertThat(run(10)).isLessThan(20);
	}

	@Test
	void whenOneHangsFromTheBeginningThenItGetsHardlyMoreThanOneCall() {
		this.serviceMillis = 1e9;
		// A second one, while all ten wait for their first reply.
		assertThat(run(0.9)).isBetween(1, 3);
	}

	@Test
	void whenOneFailsFastThenItAttractsNobody() {
		run(5);
		this.serviceMillis = 0.1;
		this.outcome = Outcome.FAILURE;
		// Round robin sends 4000.
		assertThat(run(20)).isBetween(1, 10);
	}

	@Test
	void whenOneCallFailsThenItsInstanceKeepsMostOfItsShare() {
		run(5);
		InstanceStatistics first = this.candidates.get(0).statistics();
		first.end(first.begin(this.now), this.now, this.now, Outcome.FAILURE, TIMEOUT);
		assertThat(run(5)).isBetween(600, 1150);
	}

	@Test
	void whenOneRefusesThenItIsAskedAgainEveryFewSeconds() {
		run(5);
		this.serviceMillis = 0.1;
		this.outcome = Outcome.REFUSAL;
		assertThat(run(20)).isBetween(3, 40);
	}

	@Test
	void whenOneHasRefusedThenItHasItsShareAgainInTenSeconds() {
		run(5);
		this.outcome = Outcome.REFUSAL;
		run(1);
		this.outcome = Outcome.ANSWER;
		run(9);
		assertThat(run(10)).isBetween(1700, 2300);
	}

	@Test
	void whenOneHasFailedThenItHasItsShareAgainInTwoMinutes() {
		run(5);
		this.outcome = Outcome.FAILURE;
		run(1);
		this.outcome = Outcome.ANSWER;
		run(120);
		assertThat(run(10)).isBetween(1700, 2300);
	}

	@Test
	void whenOneIsNewThenItDoesNotAttractEverybody() {
		run(5);
		SettableCandidate fresh = new SettableCandidate("0", 100, new InstanceStatistics(() -> this.now));
		this.candidates.set(0, fresh);
		this.selector = new P2cPolicy(() -> this.now, this.random::nextInt).selector(this.candidates, null);
		// A hundred calls come within its first 50 ms; one of them is the probe.
		this.serviceMillis = 100;
		assertThat(run(0.05)).isEqualTo(1);
	}

	@Test
	void whenOneIsInItsSlowStartThenItGetsSomeCallsButFew() {
		this.candidates.get(0).setWeight(10);
		run(5);
		// It is in a fifth of the pairs, and the coin is for it in an eleventh of them.
		assertThat(run(20)).isBetween(364, 800);
	}

	/**
	 * Lets time pass.
	 * @return how many calls the first instance got
	 */
	private int run(double seconds) {
		long end = this.now + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
		int first = 0;
		long next = this.now + gap();
		while (next < end) {
			endCallsUntil(next);
			this.now = next;
			int index = this.selector.select(PickHints.NONE);
			first += (index == 0) ? 1 : 0;
			begin(index);
			next += gap();
		}
		endCallsUntil(end);
		this.now = end;
		return first;
	}

	private long gap() {
		return (long) (-Math.log(1 - this.random.nextDouble()) * MEAN_GAP);
	}

	private void begin(int index) {
		InstanceStatistics statistics = this.candidates.get(index).statistics();
		double millis = ((index == 0) ? this.serviceMillis : 5) * (0.5 + this.random.nextDouble());
		long took = (long) Math.min(TIMEOUT, millis * MILLISECOND);
		Outcome ends = (index == 0) ? this.outcome : Outcome.ANSWER;
		ends = (took == TIMEOUT) ? Outcome.FAILURE : ends;
		this.open.add(new Call(statistics, statistics.begin(this.now), this.now, this.now + took, ends));
	}

	private void endCallsUntil(long time) {
		for (Call call = this.open.peek(); call != null && call.end() <= time; call = this.open.peek()) {
			this.open.remove();
			this.now = call.end();
			call.statistics().end(call.slot(), call.start(), call.end(), call.outcome(), TIMEOUT);
		}
	}

	private record Call(InstanceStatistics statistics, int slot, long start, long end, Outcome outcome) {

	}

}
