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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.grpc.stub.StreamObserver;
import io.rpcboot.client.RpcReference;
import io.rpcboot.demo.consumer.ParcelJson.Coordinates;
import io.rpcboot.demo.consumer.ParcelJson.DepotScan;
import io.rpcboot.demo.consumer.ParcelJson.Event;
import io.rpcboot.demo.consumer.ParcelJson.NextStop;
import io.rpcboot.demo.consumer.ParcelJson.Price;
import io.rpcboot.demo.consumer.ParcelJson.ScanCount;
import io.rpcboot.demo.parcel.v1.Instruction;
import io.rpcboot.demo.parcel.v1.ParcelServiceGrpc.ParcelServiceBlockingStub;
import io.rpcboot.demo.parcel.v1.ParcelServiceGrpc.ParcelServiceStub;
import io.rpcboot.demo.parcel.v1.Position;
import io.rpcboot.demo.parcel.v1.QuoteRequest;
import io.rpcboot.demo.parcel.v1.Scan;
import io.rpcboot.demo.parcel.v1.ScanSummary;
import io.rpcboot.demo.parcel.v1.TrackRequest;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The parcel service over HTTP: one request for each of gRPC's four ways to call.
 */
@RestController
class ParcelController {

	// A stream has no timeout unless its caller sets one.
	private static final Duration STREAM_TIMEOUT = Duration.ofSeconds(10);

	private final ParcelServiceBlockingStub parcels;

	private final ParcelServiceStub asyncParcels;

	ParcelController(@RpcReference("demo-provider") ParcelServiceBlockingStub parcels,
			@RpcReference("demo-provider") ParcelServiceStub asyncParcels) {
		this.parcels = parcels;
		this.asyncParcels = asyncParcels;
	}

	@GetMapping("/quote")
	Price quote(@RequestParam String from, @RequestParam String to, @RequestParam int weight) {
		QuoteRequest request = QuoteRequest.newBuilder().setFrom(from).setTo(to).setWeightGrams(weight).build();
		return Price.of(this.parcels.quote(request));
	}

	@GetMapping("/track/{parcelId}")
	List<Event> track(@PathVariable String parcelId) {
		TrackRequest request = TrackRequest.newBuilder().setParcelId(parcelId).build();
		List<Event> events = new ArrayList<>();
		this.parcels.withDeadlineAfter(STREAM_TIMEOUT)
			.track(request)
			.forEachRemaining((event) -> events.add(Event.of(event)));
		return events;
	}

	@PostMapping("/scans")
	ScanCount scans(@RequestBody List<DepotScan> scans) {
		Replies<ScanSummary> replies = new Replies<>();
		StreamObserver<Scan> requests = this.asyncParcels.withDeadlineAfter(STREAM_TIMEOUT).uploadScans(replies);
		scans.forEach((scan) -> requests.onNext(scan.toScan()));
		requests.onCompleted();
		return ScanCount.of(replies.await().get(0));
	}

	@PostMapping("/route")
	List<NextStop> route(@RequestBody List<Coordinates> positions) {
		Replies<Instruction> replies = new Replies<>();
		StreamObserver<Position> requests = this.asyncParcels.withDeadlineAfter(STREAM_TIMEOUT).route(replies);
		positions.forEach((position) -> requests.onNext(position.toPosition()));
		requests.onCompleted();
		return replies.await().stream().map(NextStop::of).toList();
	}

}
