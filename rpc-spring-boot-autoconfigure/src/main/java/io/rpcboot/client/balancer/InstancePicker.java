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
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.MethodDescriptor.MethodType;
import io.rpcboot.client.balancer.policy.InstanceSelector;
import io.rpcboot.client.balancer.policy.PickHints;
import io.rpcboot.client.routing.CallRoute;
import org.jspecify.annotations.Nullable;

/**
 * Picks for each attempt, by the selection of its route. The selection of a route is made
 * at its first call. A pick of a route that was seen before takes no lock and allocates
 * nothing.
 */
final class InstancePicker extends SubchannelPicker {

	/**
	 * How many routes are kept: lanes and tenants may come from anybody.
	 */
	private static final int MAX_ROUTES = 256;

	private static final PickResult GONE = PickResult.withDrop(NotExecuted.INSTANCE_GONE);

	private final Selections selections;

	private final Departures departures;

	private final Selection standard;

	private final Map<CallRoute, Selection> routed = new ConcurrentHashMap<>();

	/** Of the set before, from which a selector may keep something. */
	private final Map<CallRoute, Selection> previous;

	/**
	 * Creates a picker.
	 * @param selections makes the selections
	 * @param departures where those were that have gone
	 * @param previous the picker of the set before; {@code null} for the first
	 */
	InstancePicker(Selections selections, Departures departures, @Nullable InstancePicker previous) {
		this.selections = selections;
		this.departures = departures;
		this.previous = (previous != null) ? previous.routed : Map.of();
		this.standard = selections.of(CallRoute.NONE, (previous != null) ? previous.standard.selector() : null);
	}

	@Override
	public PickResult pickSubchannel(PickSubchannelArgs args) {
		CallRoute route = args.getCallOptions().getOption(PickOptions.ROUTE);
		PickHints hints = args.getCallOptions().getOption(PickOptions.HINTS);
		Selection selection = (route != null) ? selection(route) : this.standard;
		boolean unary = args.getMethodDescriptor().getType() == MethodType.UNARY;
		PickResult result = selection.pick((hints != null) ? hints : PickHints.NONE, unary);
		return (result.getSubchannel() == null && hints != null && hints.strict() && hints.preferred() != null)
				? only(hints.preferred(), unary, result) : result;
	}

	/**
	 * Picks the one instance that a call may go to, in use or not, as long as it is
	 * connected: nobody else can answer. If it has gone that is who has taken its
	 * address. Takes time in proportion to the number of instances.
	 */
	private PickResult only(String id, boolean unary, PickResult otherwise) {
		PickSet set = this.selections.set();
		Predicate<InstanceConnection> isMeant = (connection) -> connection.instance().id().equals(id);
		if (set.known().stream().noneMatch(isMeant)) {
			String address = this.departures.address(id);
			isMeant = (connection) -> connection.instance().address().equals(address);
			if (set.known().stream().noneMatch(isMeant)) {
				return GONE;
			}
		}
		return Stream
			.of(results(set.usable(), isMeant, set.doubtful()), results(set.ejected(), isMeant, false),
					results(set.lastResort(), isMeant, true))
			.flatMap(Function.identity())
			.map((results) -> unary ? results.unary() : results.stream())
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(otherwise);
	}

	private static Stream<PickResults> results(List<InstanceConnection> some, Predicate<InstanceConnection> isMeant,
			boolean inDoubt) {
		return some.stream().filter(isMeant).map((one) -> one.results(inDoubt));
	}

	Selection selection(CallRoute route) {
		if (route.equals(CallRoute.NONE)) {
			return this.standard;
		}
		Selection selection = this.routed.get(route);
		if (selection == null) {
			selection = this.selections.of(route, previousSelector(route));
			if (this.routed.size() < MAX_ROUTES) {
				this.routed.put(route, selection);
			}
		}
		return selection;
	}

	/**
	 * Spares calls an instance that can no longer be called, until the next picker is
	 * made, which takes a while if there are many.
	 */
	void refresh() {
		this.standard.refresh();
		this.routed.values().forEach(Selection::refresh);
	}

	Selections selections() {
		return this.selections;
	}

	private @Nullable InstanceSelector previousSelector(CallRoute route) {
		Selection last = this.previous.get(route);
		return (last != null) ? last.selector() : null;
	}

}
