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
import java.util.List;
import java.util.NoSuchElementException;

import io.grpc.stub.StreamObserver;
import io.rpcboot.demo.parcel.v1.Instruction;
import io.rpcboot.demo.parcel.v1.Position;
import io.rpcboot.demo.parcel.v1.QuoteReply;
import io.rpcboot.demo.parcel.v1.QuoteRequest;
import io.rpcboot.demo.parcel.v1.Scan;
import io.rpcboot.demo.parcel.v1.ScanSummary;
import io.rpcboot.demo.parcel.v1.TrackEvent;
import io.rpcboot.demo.parcel.v1.TrackRequest;
import io.rpcboot.demo.parcel.v1.TrackStatus;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ParcelEndpoint}.
 */
class ParcelEndpointTests {

	private final ParcelEndpoint endpoint = new ParcelEndpoint("provider-1", new Tariff(), new ParcelBook());

	@Test
	void quotesThePrice() {
		RecordingObserver<QuoteReply> replies = new RecordingObserver<>();
		this.endpoint.quote(quote(1500), replies);
		assertThat(replies.completed()).containsExactly(
				QuoteReply.newBuilder().setPriceCents(670).setCurrency("EUR").setServedBy("provider-1").build());
	}

	@Test
	void whenWeightIsZeroThenThrowsAndAnswersNothing() {
		RecordingObserver<QuoteReply> replies = new RecordingObserver<>();
		assertThatIllegalArgumentException().isThrownBy(() -> this.endpoint.quote(quote(0), replies))
			.withMessage("weight_grams: 0 (expected: 1 to 31500)");
		assertThat(replies.values).isEmpty();
	}

	@Test
	void tracksAParcelOldestEventFirst() {
		RecordingObserver<TrackEvent> events = new RecordingObserver<>();
		this.endpoint.track(TrackRequest.newBuilder().setParcelId("P-1002").build(), events);
		assertThat(events.completed()).extracting(TrackEvent::getPlace).containsExactly("Bremen", "Kassel");
		assertThat(events.completed()).extracting(TrackEvent::getStatus)
			.containsExactly(TrackStatus.TRACK_STATUS_ACCEPTED, TrackStatus.TRACK_STATUS_IN_TRANSIT);
		assertThat(events.completed()).extracting(TrackEvent::getServedBy).containsOnly("provider-1");
	}

	@Test
	void whenParcelIsNotKnownThenThrows() {
		TrackRequest request = TrackRequest.newBuilder().setParcelId("P-9").build();
		assertThatExceptionOfType(NoSuchElementException.class)
			.isThrownBy(() -> this.endpoint.track(request, new RecordingObserver<>()))
			.withMessage("parcel 'P-9' is not known");
	}

	@Test
	void countsScansWhenTheUploadEnds() {
		RecordingObserver<ScanSummary> replies = new RecordingObserver<>();
		StreamObserver<Scan> scans = this.endpoint.uploadScans(replies);
		scans.onNext(Scan.newBuilder().setParcelId("P-1001").setDepot("Kassel").build());
		scans.onNext(Scan.newBuilder().setParcelId("P-1002").setDepot("Kassel").build());
		assertThat(replies.values).isEmpty();
		scans.onCompleted();
		assertThat(replies.completed()).containsExactly(ScanSummary.newBuilder()
			.setScans(2)
			.setParcels(2)
			.putScansByDepot("Kassel", 2)
			.setServedBy("provider-1")
			.build());
	}

	@Test
	void answersEachPositionAtOnce() {
		RecordingObserver<Instruction> instructions = new RecordingObserver<>();
		StreamObserver<Position> positions = this.endpoint.route(instructions);
		positions.onNext(Position.newBuilder().setLatitude(51.3406).setLongitude(12.3747).build());
		assertThat(instructions.values).containsExactly(
				Instruction.newBuilder().setNextStop("Opera").setDistanceMeters(447).setServedBy("provider-1").build());
		positions.onCompleted();
		assertThat(instructions.completed()).hasSize(1);
	}

	private static QuoteRequest quote(int weightGrams) {
		return QuoteRequest.newBuilder().setFrom("Hamburg").setTo("Leipzig").setWeightGrams(weightGrams).build();
	}

	private static final class RecordingObserver<T> implements StreamObserver<T> {

		private final List<T> values = new ArrayList<>();

		private boolean completed;

		@Override
		public void onNext(T value) {
			this.values.add(value);
		}

		@Override
		public void onError(Throwable cause) {
			throw new AssertionError(cause);
		}

		@Override
		public void onCompleted() {
			this.completed = true;
		}

		private List<T> completed() {
			assertThat(this.completed).as("completed").isTrue();
			return this.values;
		}

	}

}
