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

import java.util.function.IntUnaryOperator;

/**
 * Selects whom the key belongs to, or, if that one cannot take the call, whom the key's
 * next hashes belong to. Those follow the key in the sequence of SplitMix64 (Steele, Lea,
 * Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014): the neighbour of
 * a slot would do only if the owners of neighbours had nothing to do with each other.
 */
final class ConsistentHashSelector implements InstanceSelector {

	/**
	 * How many hashes are tried. Each finds somebody below the bound with a chance of at
	 * least 1 in 5, if all are usable, so that 128 in a row miss with less than 1e-10.
	 */
	private static final int MAX_PROBES = 128;

	/**
	 * How many of them are the same for every call of the key. Later ones differ from
	 * call to call if the key's own instances are full, or a hot key would run out of
	 * instances: 128 hashes are of 72 out of 100.
	 */
	private static final int SAME_PROBES = 16;

	private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

	/** Makes another sequence of each turn; any odd number does. */
	private static final long TURN_GAMMA = 0xD1B54A32D192ED03L;

	private final Candidate[] candidates;

	private final String[] ids;

	private final MaglevTable table;

	private final IntUnaryOperator inFlight;

	/**
	 * Who could be called when we were told last. To ask the one that is picked is to
	 * wait for its memory.
	 */
	private volatile boolean[] usable;

	private final BoundedLoad bound;

	private final CandidateIndex index;

	ConsistentHashSelector(Candidate[] candidates, String[] ids, int[] weights, MaglevTable table,
			IntUnaryOperator inFlight) {
		this.candidates = candidates;
		this.ids = ids;
		this.table = table;
		this.inFlight = inFlight;
		this.usable = usable(candidates);
		this.bound = new BoundedLoad(this.usable, weights, inFlight);
		this.index = new CandidateIndex(candidates);
	}

	private static boolean[] usable(Candidate[] candidates) {
		boolean[] usable = new boolean[candidates.length];
		for (int index = 0; index < usable.length; index++) {
			usable[index] = candidates[index].isUsable();
		}
		return usable;
	}

	@Override
	public void refresh() {
		this.usable = usable(this.candidates);
	}

	MaglevTable table() {
		return this.table;
	}

	@Override
	public int select(PickHints hints) {
		Long key = hints.key();
		int preferred = this.index.preferred(hints);
		if (key == null || preferred != NONE) {
			return preferred;
		}
		boolean[] callable = this.usable;
		int index = this.table.at(this.table.slot(key));
		int full = NONE;
		int turn = 0;
		for (int probe = 1; probe <= MAX_PROBES; probe++) {
			if (callable[index] && !avoids(hints, index)) {
				int load = this.inFlight.applyAsInt(index);
				// Nobody idle is above the bound, which is rounded up.
				if (load == 0) {
					return index;
				}
				this.bound.update(index, load);
				if (full == NONE) {
					full = index;
					turn = this.bound.update(callable);
				}
				if (this.bound.admits(index, load)) {
					return index;
				}
			}
			long state = key + probe * GOLDEN_GAMMA + ((probe < SAME_PROBES) ? 0 : turn * TURN_GAMMA);
			index = this.table.at(this.table.slot(mix(state)));
		}
		return (full != NONE) ? full : any(callable, hints, key);
	}

	private static long mix(long state) {
		long mixed = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
		mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
		return mixed ^ mixed >>> 31;
	}

	/**
	 * Reads the id only if anybody is to be avoided.
	 */
	private boolean avoids(PickHints hints, int index) {
		return !hints.avoided().isEmpty() && hints.avoids(this.ids[index]);
	}

	/**
	 * Few can be called. Takes time in proportion to the number of instances.
	 */
	private int any(boolean[] callable, PickHints hints, long key) {
		int count = callable.length;
		int from = (int) Long.remainderUnsigned(key, count);
		int avoided = NONE;
		for (int i = 0; i < count; i++) {
			int index = (from + i) % count;
			if (callable[index]) {
				if (!avoids(hints, index)) {
					return index;
				}
				avoided = (avoided == NONE) ? index : avoided;
			}
		}
		return avoided;
	}

}
