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

package io.rpcboot.server.error;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import com.google.rpc.DebugInfo;
import com.google.rpc.Help;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.call.RpcError;
import io.rpcboot.call.RpcError.Violation;
import io.rpcboot.call.RpcMetadata;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TrailerLimit}.
 */
class TrailerLimitTests {

	private static final Metadata.Key<String> OWN = Metadata.Key.of("own", Metadata.ASCII_STRING_MARSHALLER);

	private final RpcError error = RpcError.of(Status.Code.INVALID_ARGUMENT, "wrong").withReason("shop.example", "BAD");

	@Test
	void whenAnErrorFitsThenItStaysAsItIs() {
		RpcError small = this.error.withDetail(DebugInfo.newBuilder().setDetail("row 7").build());
		Metadata trailers = small.toTrailers();
		Status status = small.toStatus();
		assertThat(TrailerLimit.fit(status, trailers)).isSameAs(status);
		assertThat(trailers.get(RpcError.DETAILS)).isEqualTo(small.toProto());
	}

	@Test
	void whenItIsTooLargeThenDebugInfoGoesFirst() {
		RpcError large = this.error.withDetail(debug(8_000)).withViolation("sku", "is not known");
		RpcError cut = fit(large);
		assertThat(cut.detail(DebugInfo.class)).isNull();
		assertThat(cut.violations()).containsExactly(new Violation("sku", "is not known"));
		assertThat(cut.message()).isEqualTo("wrong");
	}

	@Test
	void whenThereAreTooManyViolationsThenTheFirstStayAndANoteSaysHowManyAreGone() {
		RpcError cut = fit(this.error.withViolations(violations(5_000)).withRetryDelay(Duration.ofSeconds(1)));
		List<Violation> kept = cut.violations();
		int left = 5_000 - (kept.size() - 1);
		assertThat(kept.size()).isGreaterThan(50);
		assertThat(kept.subList(0, kept.size() - 1)).isEqualTo(violations(kept.size() - 1));
		assertThat(kept.get(kept.size() - 1)).isEqualTo(new Violation("", left + " more violations do not fit"));
		assertThat(cut.reason()).isEqualTo("BAD");
		assertThat(cut.retryDelay()).isEqualTo(Duration.ofSeconds(1));
		// As many as fit: one more of them would not.
		assertThat(TrailerLimit.bytes(cut.toStatus(), cut.toTrailers())).isGreaterThan(TrailerLimit.MAX_BYTES - 100);
	}

	@Test
	void whenOtherDetailsAreTooLargeThenReasonAndDelayStay() {
		Help help = Help.newBuilder().addLinks(Help.Link.newBuilder().setDescription("x".repeat(8_000))).build();
		RpcError cut = fit(this.error.withDetail(help).withRetryDelay(Duration.ofSeconds(1)));
		assertThat(cut.detail(Help.class)).isNull();
		assertThat(cut.reason()).isEqualTo("BAD");
		assertThat(cut.retryDelay()).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void whenTheMetadataOfTheReasonIsTooLargeThenTheReasonStays() {
		RpcError cut = fit(this.error.withMetadata("all", "x".repeat(10_000)));
		assertThat(cut.reason()).isEqualTo("BAD");
		assertThat(cut.metadata()).isEmpty();
	}

	@Test
	void whenTheMessageIsTooLongThenItIsCutAndTheReasonStays() {
		RpcError cut = fit(RpcError.of(Status.Code.ABORTED, "\u4e16".repeat(10_000)).withReason("shop.example", "BAD"));
		assertThat(cut.message()).hasSize(513).endsWith("…");
		assertThat(cut.reason()).isEqualTo("BAD");
	}

	@Test
	void whenTrailersOfTheServiceAreTooLargeThenTheLargestGoAndTheIdStays() {
		Metadata trailers = new Metadata();
		trailers.put(OWN, "x".repeat(8_000));
		trailers.put(Metadata.Key.of("own-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[6_000]);
		trailers.put(Metadata.Key.of("small", Metadata.ASCII_STRING_MARSHALLER), "stays");
		trailers.put(RpcMetadata.CORRELATION_ID, "id");
		TrailerLimit.fit(Status.ABORTED, trailers);
		assertThat(trailers.keys()).containsExactlyInAnyOrder("small", "rpc-correlation-id");
	}

	@Test
	void whenAMessageIsCutThenNoCharacterIs() {
		assertThat(TrailerLimit.cut("x" + "\ud83d\ude00".repeat(400))).endsWith("\ude00…").hasSize(512);
	}

	@Test
	void whateverAnErrorSaysItFitsAndKeepsItsCode() {
		Random random = new Random(42);
		for (int i = 0; i < 300; i++) {
			RpcError large = this.error.withViolations(violations(random.nextInt(400)))
				.withMetadata("all", "x".repeat(random.nextInt(9_000)))
				.withDetail(debug(random.nextInt(9_000)));
			Metadata trailers = large.toTrailers();
			trailers.put(OWN, "x".repeat(random.nextInt(9_000)));
			Status status = Status.ABORTED.withDescription("%".repeat(random.nextInt(4_000)));
			Status fitting = TrailerLimit.fit(status, trailers);
			assertThat(fitting.getCode()).isEqualTo(Status.Code.ABORTED);
			assertThat(TrailerLimit.bytes(fitting, trailers)).isLessThanOrEqualTo(TrailerLimit.MAX_BYTES);
		}
	}

	private static RpcError fit(RpcError large) {
		Metadata trailers = large.toTrailers();
		Status status = TrailerLimit.fit(large.toStatus(), trailers);
		assertThat(TrailerLimit.bytes(status, trailers)).isLessThanOrEqualTo(TrailerLimit.MAX_BYTES);
		return RpcError.of(status, trailers);
	}

	private static DebugInfo debug(int characters) {
		return DebugInfo.newBuilder().setDetail("x".repeat(characters)).build();
	}

	private static List<Violation> violations(int count) {
		List<Violation> violations = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			violations.add(new Violation("lines[" + i + "].sku", "is not known"));
		}
		return violations;
	}

}
