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

package io.rpcboot.client.balancer;

import java.util.List;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.Status;
import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.balancer.policy.InstanceSelector;
import io.rpcboot.client.balancer.policy.PickHints;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * Where the calls of one route go, as long as the set stays what it is.
 */
final class Selection {

	/** Calls that wait for readiness do not wait for that either. */
	private static final PickResult RULED_OUT = PickResult.withDrop(
			Status.UNAVAILABLE.withDescription("No instance that this attempt may go to can be called at this moment"));

	private final InstanceConnection[] candidates;

	/**
	 * The results of those that were connected when the set was made, by one connection:
	 * another set is made when one connects. At hand here, no object of the instance must
	 * be looked at.
	 */
	private final @Nullable PickResult[] unary;

	private final @Nullable PickResult[] stream;

	private final @Nullable InstanceSelector selector;

	private final boolean doubtful;

	private final boolean keyed;

	/** The answer if nobody is selected. */
	private final PickResult nobody;

	private Selection(InstanceConnection[] candidates, @Nullable InstanceSelector selector, boolean doubtful,
			boolean keyed, PickResult nobody) {
		this.candidates = candidates;
		this.unary = new PickResult[candidates.length];
		this.stream = new PickResult[candidates.length];
		for (int index = 0; index < candidates.length; index++) {
			PickResults results = candidates[index].fixedResults(doubtful);
			this.unary[index] = (results != null) ? results.unary() : null;
			this.stream[index] = (results != null) ? results.stream() : null;
		}
		this.selector = selector;
		this.doubtful = doubtful;
		this.keyed = keyed;
		this.nobody = nobody;
	}

	/**
	 * Creates a selection among candidates.
	 * @param candidates those that the selector was made for
	 * @param selector selects
	 * @param doubtful whether nobody serves
	 * @param keyed whether a call needs a key
	 * @param nobody the answer if nobody is selected
	 * @return the selection
	 */
	static Selection among(List<Candidate> candidates, InstanceSelector selector, boolean doubtful, boolean keyed,
			PickResult nobody) {
		return new Selection(candidates.toArray(InstanceConnection[]::new), selector, doubtful, keyed, nobody);
	}

	/**
	 * Creates the selection of nobody.
	 * @param answer what calls get
	 * @return the selection
	 */
	static Selection nobody(PickResult answer) {
		return new Selection(new InstanceConnection[0], null, false, false, answer);
	}

	@Nullable InstanceSelector selector() {
		return this.selector;
	}

	/**
	 * Returns why no instance can be picked.
	 * @return the reason; {@code null} if one can
	 */
	@Nullable String failure() {
		if (this.selector != null) {
			return null;
		}
		Status status = this.nobody.getStatus();
		return status.isOk() ? "waits for an instance that is about to connect"
				: String.valueOf(status.getDescription());
	}

	/**
	 * Takes note that candidates may have become usable, or no longer are.
	 */
	void refresh() {
		if (this.selector != null) {
			try {
				this.selector.refresh();
			}
			catch (RuntimeException ex) {
				// A policy of the user's. Passed on, it would end the channel for good,
				// and
				// another selector is about to be made.
			}
		}
	}

	/**
	 * Returns whom the policy selects.
	 * @param hints what the call asks for
	 * @return the instance; {@code null} if nobody is selected
	 * @throws RuntimeException if the policy, which may be the user's, fails
	 */
	@Nullable ServiceInstance selected(PickHints hints) {
		int selected = (this.selector != null) ? this.selector.select(hints) : InstanceSelector.NONE;
		return (selected >= 0) ? this.candidates[selected].instance() : null;
	}

	PickResult pick(PickHints hints, boolean unary) {
		if (this.selector == null || (this.keyed && hints.key() == null)) {
			return this.nobody;
		}
		try {
			int selected = this.selector.select(hints);
			if (selected < 0) {
				return this.nobody;
			}
			if (hints.strict() && !hints.allows(this.candidates[selected].instance().id())) {
				return RULED_OUT;
			}
			PickResult result = unary ? this.unary[selected] : this.stream[selected];
			return (result != null) ? result : connected(selected, unary);
		}
		catch (RuntimeException ex) {
			// A policy of the user's. Passed on, it would end the channel for good. Calls
			// that wait for readiness are not to wait for that.
			return PickResult
				.withDrop(Status.INTERNAL.withDescription("The load balancing policy failed with " + ex).withCause(ex));
		}
	}

	/**
	 * An instance with several connections, or one that has connected this moment, the
	 * next set not being there yet.
	 */
	private PickResult connected(int selected, boolean unary) {
		PickResults results = this.candidates[selected].results(this.doubtful);
		PickResult result = unary ? results.unary() : results.stream();
		return (result != null) ? result : this.nobody;
	}

}
