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
import java.util.List;

import io.grpc.stub.StreamObserver;
import io.rpcboot.demo.parcel.v1.Instruction;
import io.rpcboot.demo.parcel.v1.ParcelServiceGrpc.ParcelServiceStub;
import io.rpcboot.demo.parcel.v1.Position;
import org.jspecify.annotations.Nullable;

/**
 * A courier on the road: one long {@code Route} call after another, a position at each
 * step.
 */
class CourierTour {

	private static final int STEPS = 30;

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final ParcelServiceStub parcels;

	private final LoadStatistics statistics;

	private @Nullable StreamObserver<Position> positions;

	private Replies<Instruction> instructions = new Replies<>();

	private int sent;

	CourierTour(ParcelServiceStub parcels, LoadStatistics statistics) {
		this.parcels = parcels;
		this.statistics = statistics;
	}

	/**
	 * Sends one position, on a new call if none is open, and ends the call after the last
	 * one.
	 */
	synchronized void step() {
		StreamObserver<Position> positions = this.positions;
		if (positions == null) {
			this.instructions = new Replies<>();
			this.sent = 0;
			positions = this.parcels.withDeadlineAfter(TIMEOUT).route(this.instructions);
			this.positions = positions;
		}
		positions.onNext(Position.newBuilder().setLatitude(51.33 + this.sent * 0.001).setLongitude(12.38).build());
		this.sent++;
		if (this.sent == STEPS) {
			end();
		}
	}

	/**
	 * Ends the open call, if there is one, and counts it: it has failed unless each
	 * position was answered.
	 */
	synchronized void end() {
		if (this.positions == null) {
			return;
		}
		this.positions.onCompleted();
		this.positions = null;
		try {
			List<Instruction> answers = this.instructions.await();
			if (answers.size() != this.sent) {
				throw new IllegalStateException(answers.size() + " instructions for " + this.sent + " positions");
			}
			this.statistics.answered(answers.get(0).getServedBy());
		}
		catch (RuntimeException ex) {
			this.statistics.failed("Route", ex);
		}
	}

}
