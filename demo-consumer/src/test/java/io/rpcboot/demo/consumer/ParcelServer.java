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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
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
import io.rpcboot.demo.parcel.v1.TrackStatus;

/**
 * A provider in this process, with a channel to it.
 */
class ParcelServer extends ParcelServiceGrpc.ParcelServiceImplBase implements AutoCloseable {

	static final String NAME = "provider-1";

	private final AtomicLong calls = new AtomicLong();

	private final Server server;

	private final ManagedChannel channel;

	ParcelServer() {
		String name = InProcessServerBuilder.generateName();
		try {
			this.server = InProcessServerBuilder.forName(name).addService(this).build().start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.channel = InProcessChannelBuilder.forName(name).build();
	}

	ManagedChannel channel() {
		return this.channel;
	}

	long calls() {
		return this.calls.get();
	}

	@Override
	public void close() {
		this.channel.shutdownNow();
		this.server.shutdownNow();
	}

	@Override
	public void quote(QuoteRequest request, StreamObserver<QuoteReply> replies) {
		this.calls.incrementAndGet();
		if (request.getWeightGrams() < 1) {
			replies.onError(Status.INVALID_ARGUMENT.withDescription("too light").asRuntimeException());
			return;
		}
		replies.onNext(QuoteReply.newBuilder().setPriceCents(670).setCurrency("EUR").setServedBy(NAME).build());
		replies.onCompleted();
	}

	@Override
	public void track(TrackRequest request, StreamObserver<TrackEvent> events) {
		this.calls.incrementAndGet();
		events.onNext(TrackEvent.newBuilder()
			.setParcelId(request.getParcelId())
			.setPlace("Bremen")
			.setStatus(TrackStatus.TRACK_STATUS_ACCEPTED)
			.setServedBy(NAME)
			.build());
		events.onCompleted();
	}

	@Override
	public StreamObserver<Scan> uploadScans(StreamObserver<ScanSummary> replies) {
		this.calls.incrementAndGet();
		ScanSummary.Builder summary = ScanSummary.newBuilder().setServedBy(NAME);
		return new Requests<>(replies) {

			@Override
			public void onNext(Scan scan) {
				summary.setScans(summary.getScans() + 1);
			}

			@Override
			public void onCompleted() {
				replies.onNext(summary.build());
				super.onCompleted();
			}

		};
	}

	@Override
	public StreamObserver<Position> route(StreamObserver<Instruction> instructions) {
		this.calls.incrementAndGet();
		AtomicBoolean lost = new AtomicBoolean();
		return new Requests<>(instructions) {

			@Override
			public void onNext(Position position) {
				lost.compareAndSet(false, position.getLatitude() > 90);
				instructions.onNext(Instruction.newBuilder().setNextStop("Zoo").setServedBy(NAME).build());
			}

			@Override
			public void onCompleted() {
				if (lost.get()) {
					instructions.onError(Status.NOT_FOUND.withDescription("off the map").asRuntimeException());
				}
				else {
					super.onCompleted();
				}
			}

		};
	}

	private abstract static class Requests<T> implements StreamObserver<T> {

		private final StreamObserver<?> replies;

		Requests(StreamObserver<?> replies) {
			this.replies = replies;
		}

		@Override
		public void onError(Throwable cause) {
		}

		@Override
		public void onCompleted() {
			this.replies.onCompleted();
		}

	}

}
