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

package io.rpcboot.client.balancer.outlier;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;

/**
 * Ejects instances whose calls fail: the sweep of gRFC A50 (success rate, then failure
 * percentage), and runs of failures, which are judged at once and from two instances up.
 * At most {@code max(1, maxEjectionPercent of the set)} are ejected at a time, the worst
 * first, and never all.
 * <p>
 * An ejection lasts the base time, multiplied by how often the instance has lately been
 * ejected; a sweep ends it. The instance then is on trial until its first answer: two
 * failures in a row eject it again, and for longer. Each interval that it ends in
 * service, off trial and without a run of failures that would eject it takes one from the
 * multiplier.
 * <p>
 * Unlike A50, an ejected instance is not judged and does not move the mean, chance is not
 * taken for an outlier, the state outlives a short absence from the set, and the
 * multiplier stops growing where it no longer makes a difference.
 * <p>
 * {@link #retain}, {@link #look} and {@link #sweep} are called by one thread at a time,
 * the other methods by any. Nothing blocks.
 */
public final class OutlierDetector {

	private final OutlierSettings settings;

	private final LongSupplier nanoClock;

	private final IntUnaryOperator random;

	private final SuccessRateAlgorithm successRate;

	private final FailurePercentageAlgorithm failurePercentage;

	private final TrackedInstances instances;

	/**
	 * Creates a detector for an empty set.
	 * @param settings when and for how long to eject
	 * @param nanoClock the monotonic clock, in nanoseconds
	 * @param random returns a number from 0 to below its argument, for enforcement below
	 * 100 %
	 */
	public OutlierDetector(OutlierSettings settings, LongSupplier nanoClock, IntUnaryOperator random) {
		this.settings = settings;
		this.nanoClock = nanoClock;
		this.random = random;
		this.successRate = new SuccessRateAlgorithm(settings.successRate());
		this.failurePercentage = new FailurePercentageAlgorithm(settings.failurePercentage());
		this.instances = new TrackedInstances(settings, nanoClock);
	}

	/**
	 * Returns whether so few instances are usable that ejections should be disregarded:
	 * rather a bad instance than too much load on the good ones. The panic threshold of
	 * Envoy.
	 * @param usable how many can be called
	 * @param known how many there are
	 * @param panicPercent the share below which it is panic, 0 to 100
	 * @return whether it is; {@code false} if there are none at all
	 */
	public static boolean isPanic(int usable, int known, int panicPercent) {
		return 100L * usable < (long) panicPercent * known;
	}

	/**
	 * Returns what counts the outcomes of an instance.
	 * @param id the id of the instance
	 * @return the same object while the instance is in the set and for 60 s after; for
	 * one that is not known, for 60 s from now
	 */
	public InstanceOutcomes outcomes(String id) {
		return this.instances.track(id).outcomes();
	}

	/**
	 * Says which instances there are. Others are forgotten after 60 s; one that comes
	 * back before is still ejected if its time is not over. If the set has become so
	 * small that more are ejected than may be, those return whose time would be over
	 * first. Nothing tells which ejections that ended: read {@link #isEjected} anew.
	 * @param ids the ids of the set
	 */
	public void retain(Collection<String> ids) {
		this.instances.retain(ids);
	}

	/**
	 * Ejects the instances of the set whose run of failures is long enough, the longest
	 * first, as far as there is room.
	 * @return whether the ejected set has changed
	 */
	public boolean look() {
		List<Suspect> suspects = this.instances.inService()
			.stream()
			.map(OutlierDetector::runSuspect)
			.filter((suspect) -> suspect.badness() > 0)
			.toList();
		return eject(suspects, 100, this.nanoClock.getAsLong());
	}

	private static Suspect runSuspect(TrackedInstance instance) {
		long run = instance.outcomes().fatalRun();
		return new Suspect(instance, run, run + " consecutive failures");
	}

	/**
	 * Ends an interval: judges what was counted since the last sweep, ends ejections
	 * whose time is over, and ejects for runs of failures for which there was no room
	 * before. To be called once an {@linkplain OutlierSettings#interval() interval}, but
	 * for those that begin {@linkplain #isAtRest() at rest}.
	 * @return whether the ejected set has changed
	 */
	public boolean sweep() {
		long now = this.nanoClock.getAsLong();
		this.instances.swap();
		boolean changed = eject(this.successRate.suspects(this.instances.inService()),
				this.settings.successRate().enforcement(), now);
		changed |= eject(this.failurePercentage.suspects(this.instances.inService(), this.instances.members().size()),
				this.settings.failurePercentage().enforcement(), now);
		changed |= settle(now);
		changed |= look();
		return changed;
	}

	/**
	 * Returns whether a sweep would change nothing: no outcome was counted since the last
	 * one, and there is nobody to return, to forgive or to forget. Costs O(instances),
	 * and allocates nothing of size. Whatever is counted, and whoever leaves the set,
	 * ends that.
	 * @return whether the detector is at rest
	 */
	public boolean isAtRest() {
		return this.instances.isAtRest();
	}

	/**
	 * Ends the ejections whose time is over, and forgives those in service a little.
	 */
	private boolean settle(long now) {
		this.instances.inService().forEach(TrackedInstance::forgive);
		List<TrackedInstance> over = this.instances.ejected()
			.stream()
			.filter((instance) -> instance.isOver(now))
			.toList();
		over.forEach(TrackedInstance::release);
		return !over.isEmpty();
	}

	private boolean eject(List<Suspect> suspects, int enforcement, long now) {
		List<Suspect> worstFirst = suspects.stream()
			.sorted(Comparator.comparingDouble(Suspect::badness).reversed())
			.toList();
		boolean changed = false;
		for (Suspect suspect : worstFirst) {
			if (this.instances.hasRoom() && isEnforced(enforcement)) {
				suspect.instance().eject(suspect.reason(), now, this.settings);
				changed = true;
			}
		}
		return changed;
	}

	private boolean isEnforced(int enforcement) {
		return enforcement == 100 || this.random.applyAsInt(100) < enforcement;
	}

	/**
	 * Returns whether an instance is ejected. Cheap: one look into a map.
	 * @param id the id of the instance
	 * @return whether it is; {@code false} if it is not known
	 */
	public boolean isEjected(String id) {
		TrackedInstance instance = this.instances.find(id);
		return instance != null && instance.isEjected();
	}

	/**
	 * Returns who of the set is ejected, for explanations.
	 * @return the ejections by id, in the order of the ids
	 */
	public Map<String, Ejection> ejections() {
		long now = this.nanoClock.getAsLong();
		Map<String, Ejection> ejections = new TreeMap<>();
		for (TrackedInstance instance : this.instances.members()) {
			Ejection ejection = instance.ejection(now);
			if (ejection != null) {
				ejections.put(instance.id(), ejection);
			}
		}
		return ejections;
	}

}
