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

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

import io.rpcboot.client.balancer.outlier.OutlierDetector;
import org.jspecify.annotations.Nullable;

/**
 * Who of the known instances can be called now.
 *
 * @param known all, in the order of their ids
 * @param usable those that can be called
 * @param doubtful whether nobody serves, and these are used because they leave or have
 * stopped being healthy only now
 * @param ejected those that serve and are left out because their calls fail
 * @param lastResort those that are still connected and leave, or have stopped being
 * healthy only now
 * @param connecting those that are about to connect
 */
record PickSet(List<InstanceConnection> known, List<InstanceConnection> usable, boolean doubtful,
		List<InstanceConnection> ejected, List<InstanceConnection> lastResort, List<InstanceConnection> connecting) {

	static final PickSet EMPTY = new PickSet(List.of(), List.of(), false, List.of(), List.of(), List.of());

	/**
	 * Decides who can be called. An ejected instance cannot, unless so few are left that
	 * ejection would do more harm than good: panic mode.
	 * @param known all instances
	 * @param outliers who is ejected
	 * @param panicPercent below which share of the known ones nobody is left out
	 * @return the set; each instance has been told whether it is in it
	 */
	static PickSet of(List<InstanceConnection> known, @Nullable OutlierDetector outliers, int panicPercent) {
		List<InstanceConnection> serving = new ArrayList<>(known.size());
		List<InstanceConnection> lastResort = new ArrayList<>();
		List<InstanceConnection> connecting = new ArrayList<>();
		int staying = 0;
		for (InstanceConnection connection : known) {
			boolean draining = connection.isDraining();
			staying += draining ? 0 : 1;
			if (connection.isServing() && !draining) {
				serving.add(connection);
			}
			else if (connection.isUsableAtLast()) {
				lastResort.add(connection);
			}
			if (connection.isConnecting()) {
				connecting.add(connection);
			}
		}
		List<InstanceConnection> chosen = (outliers != null) ? withoutEjected(serving, staying, outliers, panicPercent)
				: serving;
		List<InstanceConnection> ejected = new ArrayList<>();
		if (chosen.size() < serving.size()) {
			ejected.addAll(serving);
			ejected.removeAll(new HashSet<>(chosen));
		}
		boolean doubtful = chosen.isEmpty() && !lastResort.isEmpty();
		PickSet set = new PickSet(known, doubtful ? lastResort : chosen, doubtful, ejected, lastResort, connecting);
		set.tell();
		return set;
	}

	boolean hasSameMembersAs(PickSet other) {
		return this.doubtful == other.doubtful && this.known.equals(other.known) && this.usable.equals(other.usable)
				&& this.ejected.equals(other.ejected) && this.lastResort.equals(other.lastResort)
				&& this.connecting.equals(other.connecting);
	}

	/**
	 * The usable ones are in the order of the known ones. Nobody is told twice, since a
	 * policy that places by key reads it meanwhile.
	 */
	@SuppressWarnings("ReferenceEquality") // The same connections are in both.
	private void tell() {
		int next = 0;
		for (InstanceConnection connection : this.known) {
			boolean use = next < this.usable.size() && this.usable.get(next) == connection;
			connection.usable(use);
			next += use ? 1 : 0;
		}
	}

	private static List<InstanceConnection> withoutEjected(List<InstanceConnection> serving, int staying,
			OutlierDetector outliers, int panicPercent) {
		List<InstanceConnection> left = new ArrayList<>(serving.size());
		for (InstanceConnection connection : serving) {
			if (!outliers.isEjected(connection.instance().id())) {
				left.add(connection);
			}
		}
		return (left.isEmpty() || OutlierDetector.isPanic(left.size(), staying, panicPercent)) ? serving : left;
	}

}
