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

import java.util.List;

/**
 * What the selectors of all policies do alike: the preferred instance first; then whom
 * the policy draws, if that one can be called and is not to be avoided; then anybody who
 * can be called; and if nobody can at this moment, whom the policy draws all the same,
 * since the set holds the best there is.
 */
abstract class CandidateSelector implements InstanceSelector {

	/**
	 * How often to draw before going through all the candidates. Few are to be avoided or
	 * have just failed, so that four draws find another one nearly always.
	 */
	static final int DRAWS = 4;

	private final Candidate[] candidates;

	private final CandidateIndex index;

	CandidateSelector(List<? extends Candidate> candidates) {
		this.candidates = candidates.toArray(Candidate[]::new);
		this.index = new CandidateIndex(this.candidates);
	}

	/**
	 * Draws a candidate by the rule of the policy, usable or not.
	 * @return an index
	 */
	abstract int draw();

	@Override
	public final int select(PickHints hints) {
		int preferred = this.index.preferred(hints);
		if (preferred != NONE) {
			return preferred;
		}
		int picked = pick(hints);
		if (picked == NONE && !hints.avoided().isEmpty()) {
			picked = pick(PickHints.NONE);
		}
		return (picked != NONE) ? picked : draw();
	}

	/**
	 * Picks one that can be called and is not to be avoided.
	 * @param hints whom to avoid
	 * @return an index, or {@link #NONE} if there is nobody
	 */
	int pick(PickHints hints) {
		int drawn = 0;
		for (int draws = 0; draws < DRAWS; draws++) {
			drawn = draw();
			if (accepts(drawn, hints)) {
				return drawn;
			}
		}
		return next(drawn, NONE, hints);
	}

	/**
	 * Goes through all the candidates.
	 * @param first where to begin
	 * @param except whom to leave out; {@link #NONE} for nobody
	 * @param hints whom to avoid
	 * @return the first that is acceptable, or {@link #NONE}
	 */
	final int next(int first, int except, PickHints hints) {
		for (int step = 0; step < size(); step++) {
			int index = (first + step) % size();
			if (index != except && accepts(index, hints)) {
				return index;
			}
		}
		return NONE;
	}

	final boolean accepts(int index, PickHints hints) {
		Candidate candidate = this.candidates[index];
		return candidate.isUsable() && (hints.avoided().isEmpty() || !hints.avoids(candidate.instance().id()));
	}

	final Candidate candidate(int index) {
		return this.candidates[index];
	}

	final int size() {
		return this.candidates.length;
	}

	/**
	 * The weights at this moment. One that is not positive stands for hardly any traffic:
	 * candidates of others may break their promise.
	 */
	final double[] weights() {
		double[] weights = new double[size()];
		for (int index = 0; index < weights.length; index++) {
			double weight = this.candidates[index].weight();
			weights[index] = (weight > 0 && weight < Double.POSITIVE_INFINITY) ? weight : Float.MIN_VALUE;
		}
		return weights;
	}

}
