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

import org.jspecify.annotations.Nullable;

/**
 * {@code pick_first}: the first instance in the order of the list that can be called and
 * is not to be avoided. All the calls go there until it fails or leaves.
 */
final class PickFirstPolicy implements LoadBalancingPolicy {

	@Override
	public String name() {
		return "pick_first";
	}

	@Override
	public InstanceSelector selector(List<? extends Candidate> candidates, @Nullable InstanceSelector previous) {
		return new FirstSelector(candidates);
	}

	/**
	 * Goes through the list from its beginning.
	 */
	private static final class FirstSelector extends CandidateSelector {

		FirstSelector(List<? extends Candidate> candidates) {
			super(candidates);
		}

		@Override
		int draw() {
			return 0;
		}

		@Override
		int pick(PickHints hints) {
			return next(0, NONE, hints);
		}

	}

}
