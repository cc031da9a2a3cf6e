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

package io.rpcboot.demo.provider;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A courier's round: always to the nearest stop that is left, and back to the depot.
 */
class Round {

	private static final int ARRIVED_METERS = 50;

	private static final Stop DEPOT = new Stop("Depot", 51.3455, 12.3814);

	private final List<Stop> left = new ArrayList<>(
			List.of(new Stop("Market Square", 51.3406, 12.3747), new Stop("Opera", 51.3402, 12.3811),
					new Stop("Zoo", 51.3488, 12.3712), new Stop("Botanical Garden", 51.3288, 12.3917)));

	/**
	 * Returns where to go next; a stop closer than 50 m counts as served.
	 * @param latitude where the courier is, in degrees
	 * @param longitude where the courier is, in degrees
	 * @return the next stop and how far it is
	 */
	Leg next(double latitude, double longitude) {
		this.left.removeIf((stop) -> stop.metersFrom(latitude, longitude) < ARRIVED_METERS);
		Stop next = this.left.stream()
			.min(Comparator.comparingInt((stop) -> stop.metersFrom(latitude, longitude)))
			.orElse(DEPOT);
		return new Leg(next.name(), next.metersFrom(latitude, longitude));
	}

	/**
	 * The way to the next stop.
	 *
	 * @param stop the stop's name
	 * @param meters how far it is as the crow flies
	 */
	record Leg(String stop, int meters) {

	}

	private record Stop(String name, double latitude, double longitude) {

		private static final double METERS_PER_DEGREE = 111_195;

		// Within a town the earth is flat.
		int metersFrom(double otherLatitude, double otherLongitude) {
			double north = this.latitude - otherLatitude;
			double east = (this.longitude - otherLongitude) * Math.cos(Math.toRadians(this.latitude));
			return (int) Math.round(Math.hypot(north, east) * METERS_PER_DEGREE);
		}

	}

}
