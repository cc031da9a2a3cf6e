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

import java.util.Map;
import java.util.NoSuchElementException;

import io.rpcboot.demo.parcel.v1.TrackStatus;
import io.rpcboot.demo.provider.Journey.Event;

import org.springframework.stereotype.Component;

/**
 * The parcels on their way.
 */
@Component
class ParcelBook {

	private final Map<String, Journey> journeys = Map.of("P-1001",
			Journey.of(new Event("Hamburg", TrackStatus.TRACK_STATUS_ACCEPTED),
					new Event("Hannover", TrackStatus.TRACK_STATUS_IN_TRANSIT),
					new Event("Leipzig", TrackStatus.TRACK_STATUS_OUT_FOR_DELIVERY),
					new Event("Leipzig", TrackStatus.TRACK_STATUS_DELIVERED)),
			"P-1002", Journey.of(new Event("Bremen", TrackStatus.TRACK_STATUS_ACCEPTED),
					new Event("Kassel", TrackStatus.TRACK_STATUS_IN_TRANSIT)));

	/**
	 * Returns where a parcel has been.
	 * @param parcelId the parcel
	 * @return its journey
	 * @throws NoSuchElementException if there is no such parcel
	 */
	Journey journeyOf(String parcelId) {
		Journey journey = this.journeys.get(parcelId);
		if (journey == null) {
			throw new NoSuchElementException("parcel '" + parcelId + "' is not known");
		}
		return journey;
	}

}
