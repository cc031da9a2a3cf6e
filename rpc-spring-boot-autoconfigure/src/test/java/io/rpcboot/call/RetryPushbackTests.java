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

package io.rpcboot.call;

import java.time.Duration;

import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RetryPushback}.
 */
class RetryPushbackTests {

	@Test
	void whenNothingIsSaidThenThereIsNone() {
		assertThat(RetryPushback.of(new Metadata())).isNull();
		assertThat(RetryPushback.of(RpcError.of(Status.Code.ABORTED, "").withReason("a", "B").toTrailers())).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "0, 0", "250, 250000000", "' 7 ', 7000000", "2147483647, 2147483647000000" })
	void whenTheTrailerIsANumberThenItIsTheDelay(String millis, long nanos) {
		assertThat(RetryPushback.of(header(millis))).isEqualTo(new RetryPushback(true, nanos));
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "", "soon", "1.5", "2147483648" })
	void whenTheTrailerIsAnythingElseThenThereMustBeNoOtherAttempt(String millis) {
		assertThat(RetryPushback.of(header(millis))).isEqualTo(new RetryPushback(false, 0));
	}

	@Test
	void whenADetailSaysItThenThatIsTheDelayUnlessTheTrailerSaysAnother() {
		Metadata trailers = RpcError.of(Status.Code.UNAVAILABLE, "").withRetryDelay(Duration.ofSeconds(2)).toTrailers();
		assertThat(RetryPushback.of(trailers)).isEqualTo(new RetryPushback(true, 2_000_000_000L));
		trailers.put(RpcMetadata.RETRY_PUSHBACK, "1");
		assertThat(RetryPushback.of(trailers)).isEqualTo(new RetryPushback(true, 1_000_000));
	}

	@Test
	void whenADetailIsWrongThenNothingIsSaid() {
		com.google.protobuf.Duration negative = com.google.protobuf.Duration.newBuilder().setSeconds(-1).build();
		Metadata trailers = RpcError.of(Status.Code.UNAVAILABLE, "")
			.withDetail(RetryInfo.newBuilder().setRetryDelay(negative).build())
			.toTrailers();
		assertThat(RetryPushback.of(trailers)).isNull();
	}

	@Test
	void whenADelayIsLongerThanNanosecondsCanSayThenItIsTheLongest() {
		Metadata trailers = RpcError.of(Status.Code.UNAVAILABLE, "")
			.withRetryDelay(Duration.ofDays(365 * 9_000))
			.toTrailers();
		assertThat(RetryPushback.of(trailers)).isEqualTo(new RetryPushback(true, Long.MAX_VALUE));
	}

	private static Metadata header(String millis) {
		Metadata trailers = new Metadata();
		trailers.put(RpcMetadata.RETRY_PUSHBACK, millis);
		return trailers;
	}

}
