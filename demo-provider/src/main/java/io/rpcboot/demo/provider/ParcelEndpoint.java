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

import io.grpc.stub.StreamObserver;
import io.rpcboot.demo.parcel.v1.Instruction;
import io.rpcboot.demo.parcel.v1.ParcelServiceGrpc;
import io.rpcboot.demo.parcel.v1.Position;
import io.rpcboot.demo.parcel.v1.QuoteReply;
import io.rpcboot.demo.parcel.v1.QuoteRequest;
import io.rpcboot.demo.parcel.v1.Scan;
import io.rpcboot.demo.parcel.v1.ScanSummary;
import io.rpcboot.demo.parcel.v1.TrackEvent;
import io.rpcboot.demo.parcel.v1.TrackRequest;
import io.rpcboot.server.RpcService;

import org.springframework.beans.factory.annotation.Value;

/**
 * The parcel service. What it throws reaches the caller as a gRPC status: an
 * {@link IllegalArgumentException} as {@code INVALID_ARGUMENT}, a
 * {@link java.util.NoSuchElementException} as {@code NOT_FOUND}.
 */
@RpcService
class ParcelEndpoint extends ParcelServiceGrpc.ParcelServiceImplBase {

	private final String name;

	private final Tariff tariff;

	private final ParcelBook book;

	ParcelEndpoint(@Value("${demo.provider.name}") String name, Tariff tariff, ParcelBook book) {
		this.name = name;
		this.tariff = tariff;
		this.book = book;
	}

	@Override
	public void quote(QuoteRequest request, StreamObserver<QuoteReply> replies) {
		long priceCents = this.tariff.priceCents(request.getFrom(), request.getTo(), request.getWeightGrams());
		replies.onNext(QuoteReply.newBuilder()
			.setPriceCents(priceCents)
			.setCurrency(Tariff.CURRENCY)
			.setServedBy(this.name)
			.build());
		replies.onCompleted();
	}

	@Override
	public void track(TrackRequest request, StreamObserver<TrackEvent> events) {
		for (Journey.Event event : this.book.journeyOf(request.getParcelId()).events()) {
			events.onNext(TrackEvent.newBuilder()
				.setParcelId(request.getParcelId())
				.setPlace(event.place())
				.setStatus(event.status())
				.setServedBy(this.name)
				.build());
		}
		events.onCompleted();
	}

	@Override
	public StreamObserver<Scan> uploadScans(StreamObserver<ScanSummary> replies) {
		ScanTally tally = new ScanTally();
		return new StreamObserver<>() {

			@Override
			public void onNext(Scan scan) {
				tally.add(scan.getParcelId(), scan.getDepot());
			}

			@Override
			public void onError(Throwable cause) {
				// The caller has gone: there is nobody to answer.
			}

			@Override
			public void onCompleted() {
				replies.onNext(ScanSummary.newBuilder()
					.setScans(tally.scans())
					.setParcels(tally.parcels())
					.putAllScansByDepot(tally.scansByDepot())
					.setServedBy(ParcelEndpoint.this.name)
					.build());
				replies.onCompleted();
			}

		};
	}

	@Override
	public StreamObserver<Position> route(StreamObserver<Instruction> instructions) {
		Round round = new Round();
		return new StreamObserver<>() {

			@Override
			public void onNext(Position position) {
				Round.Leg leg = round.next(position.getLatitude(), position.getLongitude());
				instructions.onNext(Instruction.newBuilder()
					.setNextStop(leg.stop())
					.setDistanceMeters(leg.meters())
					.setServedBy(ParcelEndpoint.this.name)
					.build());
			}

			@Override
			public void onError(Throwable cause) {
				// The caller has gone: there is nobody to answer.
			}

			@Override
			public void onCompleted() {
				instructions.onCompleted();
			}

		};
	}

}
