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

package io.rpcboot.demo.consumer;

import java.util.Map;

import io.rpcboot.demo.parcel.v1.Instruction;
import io.rpcboot.demo.parcel.v1.Position;
import io.rpcboot.demo.parcel.v1.QuoteReply;
import io.rpcboot.demo.parcel.v1.Scan;
import io.rpcboot.demo.parcel.v1.ScanSummary;
import io.rpcboot.demo.parcel.v1.TrackEvent;

/**
 * What {@link ParcelController} reads and writes as JSON.
 */
final class ParcelJson {

	private ParcelJson() {
	}

	record Price(long priceCents, String currency, String servedBy) {

		static Price of(QuoteReply reply) {
			return new Price(reply.getPriceCents(), reply.getCurrency(), reply.getServedBy());
		}

	}

	record Event(String parcelId, String place, String status, String servedBy) {

		static Event of(TrackEvent event) {
			return new Event(event.getParcelId(), event.getPlace(), event.getStatus().name(), event.getServedBy());
		}

	}

	record DepotScan(String parcelId, String depot) {

		Scan toScan() {
			return Scan.newBuilder().setParcelId(this.parcelId).setDepot(this.depot).build();
		}

	}

	record ScanCount(int scans, int parcels, Map<String, Integer> scansByDepot, String servedBy) {

		static ScanCount of(ScanSummary summary) {
			return new ScanCount(summary.getScans(), summary.getParcels(), summary.getScansByDepotMap(),
					summary.getServedBy());
		}

	}

	record Coordinates(double latitude, double longitude) {

		Position toPosition() {
			return Position.newBuilder().setLatitude(this.latitude).setLongitude(this.longitude).build();
		}

	}

	record NextStop(String nextStop, int distanceMeters, String servedBy) {

		static NextStop of(Instruction instruction) {
			return new NextStop(instruction.getNextStop(), instruction.getDistanceMeters(), instruction.getServedBy());
		}

	}

}
