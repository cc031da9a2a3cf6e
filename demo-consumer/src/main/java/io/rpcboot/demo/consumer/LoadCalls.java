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
import java.util.function.Supplier;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.rpcboot.client.RpcReference;
import io.rpcboot.demo.parcel.v1.ParcelServiceGrpc.ParcelServiceBlockingStub;
import io.rpcboot.demo.parcel.v1.ParcelServiceGrpc.ParcelServiceStub;
import io.rpcboot.demo.parcel.v1.QuoteRequest;
import io.rpcboot.demo.parcel.v1.Scan;
import io.rpcboot.demo.parcel.v1.ScanSummary;
import io.rpcboot.demo.parcel.v1.TrackEvent;
import io.rpcboot.demo.parcel.v1.TrackRequest;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.stereotype.Component;

/**
 * The calls that the load is made of, each counted once when it ends.
 */
@Component
@ConditionalOnBooleanProperty("demo.load.enabled")
class LoadCalls {

	private static final Duration STREAM_TIMEOUT = Duration.ofSeconds(10);

	private static final QuoteRequest QUOTE = QuoteRequest.newBuilder()
		.setFrom("Hamburg")
		.setTo("Leipzig")
		.setWeightGrams(1500)
		.build();

	private static final TrackRequest TRACK = TrackRequest.newBuilder().setParcelId("P-1001").build();

	private static final Scan SCAN = Scan.newBuilder().setParcelId("P-1001").setDepot("Hannover").build();

	private final ParcelServiceBlockingStub parcels;

	private final ParcelServiceStub asyncParcels;

	private final LoadStatistics statistics = new LoadStatistics();

	LoadCalls(@RpcReference("demo-provider") ParcelServiceBlockingStub parcels,
			@RpcReference("demo-provider") ParcelServiceStub asyncParcels) {
		this.parcels = parcels;
		this.asyncParcels = asyncParcels;
	}

	LoadStatistics statistics() {
		return this.statistics;
	}

	/**
	 * Waits until a provider answers; that call is not counted.
	 * @param timeout how long to wait
	 * @throws StatusRuntimeException if none does in time
	 */
	void awaitProvider(Duration timeout) {
		this.parcels.withWaitForReady().withDeadlineAfter(timeout).quote(QUOTE);
	}

	/**
	 * Makes a unary call, and takes its time.
	 */
	void quote() {
		long start = System.nanoTime();
		try {
			String provider = this.parcels.quote(QUOTE).getServedBy();
			this.statistics.answered(provider, System.nanoTime() - start);
		}
		catch (RuntimeException ex) {
			this.statistics.failed("Quote", ex);
		}
	}

	/**
	 * Makes a server streaming call, then a client streaming one.
	 */
	void stream() {
		count("Track", this::track);
		count("UploadScans", this::uploadScans);
	}

	/**
	 * Prepares a bidirectional call that lasts.
	 * @return a tour not begun yet
	 */
	CourierTour tour() {
		return new CourierTour(this.asyncParcels, this.statistics);
	}

	private String track() {
		List<TrackEvent> events = new ArrayList<>();
		this.parcels.withDeadlineAfter(STREAM_TIMEOUT).track(TRACK).forEachRemaining(events::add);
		return events.get(0).getServedBy();
	}

	private String uploadScans() {
		Replies<ScanSummary> replies = new Replies<>();
		StreamObserver<Scan> scans = this.asyncParcels.withDeadlineAfter(STREAM_TIMEOUT).uploadScans(replies);
		scans.onNext(SCAN);
		scans.onNext(SCAN);
		scans.onCompleted();
		return replies.await().get(0).getServedBy();
	}

	private void count(String method, Supplier<String> call) {
		try {
			this.statistics.answered(call.get());
		}
		catch (RuntimeException ex) {
			this.statistics.failed(method, ex);
		}
	}

}
