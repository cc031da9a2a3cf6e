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

package io.rpcboot.server.dedup;

import java.time.Duration;
import java.util.List;

import io.grpc.Metadata;
import io.rpcboot.call.RpcMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RequestIds}: headers are untrusted.
 */
class RequestIdsTests {

	private static final String NAME = " (expected: 1 to 64 of A-Za-z0-9._-)";

	@Test
	void whenAllIsThereThenAllIsRead() {
		Metadata headers = headers("r-1", "c-1");
		headers.put(RpcMetadata.CALLER, "shop");
		headers.put(RpcMetadata.ATTEMPT, "3;1500;i-1");
		headers.put(RpcMetadata.ACK, "r-8,r-9");
		RequestIds ids = RequestIds.of(headers);
		assertThat(ids.key()).isEqualTo(new RequestKey("shop", "c-1", "r-1")).isEqualTo(RequestIds.keyIn(headers));
		assertThat(ids.attempt()).isEqualTo(new LaterAttempt(3, Duration.ofMillis(1500), "i-1"));
		assertThat(ids.acknowledged()).containsExactly(new RequestKey("shop", "c-1", "r-8"),
				new RequestKey("shop", "c-1", "r-9"));
	}

	@Test
	void whenNothingIsThereThenThereIsNoCall() {
		RequestIds ids = RequestIds.of(headers(null, "c-1"));
		assertThat(ids.key()).isNull();
		assertThat(ids.acknowledged()).isEmpty();
		assertThat(RequestIds.keyIn(headers(null, "c-1"))).isNull();
	}

	@Test
	void whenTheCallerIsNoNameThenItIsPassedOver() {
		Metadata headers = headers("r-1", "c-1");
		headers.put(RpcMetadata.CALLER, "x".repeat(65));
		assertThat(RequestIds.of(headers).key()).isEqualTo(new RequestKey("", "c-1", "r-1"));
	}

	@Test
	void whenAnIdIsTooLongOrNoneThenItIsNamed() {
		invalid(headers("x".repeat(65), "c-1"), "rpc-request-id: longer than 64 characters" + NAME);
		invalid(headers("", "c-1"), "rpc-request-id: no id" + NAME);
		invalid(headers("a,b", "c-1"), "rpc-request-id: no id" + NAME);
		invalid(headers("r-1", "x".repeat(1 << 20)), "rpc-client-id: longer than 64 characters" + NAME);
		invalid(headers("r-1", null), "rpc-client-id: missing beside rpc-request-id" + NAME);
		assertThat(RequestIds.keyIn(headers("x".repeat(65), "c-1"))).isNull();
		assertThat(RequestIds.keyIn(headers("r-1", null))).isNull();
	}

	@Test
	void whenAnAcknowledgementIsNoneThenItIsNamed() {
		invalid(acks("r-1,,r-2"), "rpc-ack: no id" + NAME);
		invalid(acks(""), "rpc-ack: no id" + NAME);
		invalid(acks("r-1,"), "rpc-ack: no id" + NAME);
		invalid(acks("x".repeat(1 << 20)), "rpc-ack: longer than 64 characters" + NAME);
		invalid(acks("r,".repeat(256) + "r"), "rpc-ack: more than 256 ids (expected: at most 256, comma-separated)");
		assertThat(RequestIds.of(acks("r,".repeat(255) + "r")).acknowledged()).hasSize(256);
		Metadata nobody = new Metadata();
		nobody.put(RpcMetadata.ACK, "r-1");
		invalid(nobody, "rpc-client-id: missing beside rpc-ack" + NAME);
	}

	@Test
	void whenTheAgeIsTheGreatestThenItsNanosecondsDoNotOverflow() {
		Metadata headers = headers("r-1", "c-1");
		headers.put(RpcMetadata.ATTEMPT, "2;999999999999;i-1");
		assertThat(RequestIds.of(headers).attempt().age().toNanos()).isEqualTo(999_999_999_999_000_000L);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "2", "2;10", "1;10;i-1", "0;10;i-1", "-2;10;i-1", "2;-1;i-1", "2;;i-1", ";10;i-1",
			"two;10;i-1", "2;1e3;i-1", "12345;10;i-1", "2;1000000000000;i-1" })
	void whenTheAttemptIsNoneThenItIsNamed(String attempt) {
		Metadata headers = headers("r-1", "c-1");
		headers.put(RpcMetadata.ATTEMPT, attempt);
		invalid(headers, "rpc-attempt: " + attempt.length()
				+ " characters (expected: <number from 2 on>;<age in ms>;<id of the first instance>)");
	}

	@Test
	void whenNoInstanceMayHaveRunItThenTheAttemptNamesNone() {
		assertThat(LaterAttempt.of("2;10;")).isEqualTo(new LaterAttempt(2, Duration.ofMillis(10), ""));
		assertThatIllegalArgumentException().isThrownBy(() -> LaterAttempt.of("2;10;" + "x".repeat(257)));
	}

	private static void invalid(Metadata headers, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> RequestIds.of(headers)).withMessage(message);
	}

	private static Metadata acks(String acks) {
		Metadata headers = headers(null, "c-1");
		headers.put(RpcMetadata.ACK, acks);
		return headers;
	}

	private static Metadata headers(String requestId, String clientId) {
		Metadata headers = new Metadata();
		for (String id : (requestId != null) ? List.of(requestId) : List.<String>of()) {
			headers.put(RpcMetadata.REQUEST_ID, id);
		}
		for (String id : (clientId != null) ? List.of(clientId) : List.<String>of()) {
			headers.put(RpcMetadata.CLIENT_ID, id);
		}
		return headers;
	}

}
