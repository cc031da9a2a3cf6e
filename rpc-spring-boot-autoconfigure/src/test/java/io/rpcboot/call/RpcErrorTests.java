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

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.DebugInfo;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import io.rpcboot.call.RpcError.Violation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RpcError} and {@link RpcStatusException}.
 */
class RpcErrorTests {

	private static final Metadata.Key<byte[]> RAW = Metadata.Key.of("grpc-status-details-bin",
			Metadata.BINARY_BYTE_MARSHALLER);

	private final RpcError error = RpcError.of(Status.Code.FAILED_PRECONDITION, "Sold out")
		.withReason("shop.example", "OUT_OF_STOCK")
		.withMetadata("sku", "A-1")
		.withViolation("lines[0].sku", "is sold out")
		.withViolations(List.of(new Violation("lines[1].sku", "is not known", "UNKNOWN_SKU")))
		.withRetryDelay(Duration.ofMillis(1500));

	@Test
	void whenItIsThrownAndReadAgainThenItSaysTheSame() {
		RpcError read = RpcError.from(this.error.toException());
		assertThat(read).isNotNull();
		assertThat(read.code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
		assertThat(read.message()).isEqualTo("Sold out");
		assertThat(read.domain()).isEqualTo("shop.example");
		assertThat(read.reason()).isEqualTo("OUT_OF_STOCK");
		assertThat(read.metadata()).isEqualTo(Map.of("sku", "A-1"));
		assertThat(read.violations()).containsExactly(new Violation("lines[0].sku", "is sold out"),
				new Violation("lines[1].sku", "is not known", "UNKNOWN_SKU"));
		assertThat(read.retryDelay()).isEqualTo(Duration.ofMillis(1500));
		assertThat(read.correlationId()).isNull();
		assertThat(read).hasToString("FAILED_PRECONDITION shop.example/OUT_OF_STOCK: Sold out");
	}

	@Test
	void itIsWhatOtherLanguagesRead() {
		com.google.rpc.Status read = StatusProto.fromThrowable(this.error.toException());
		assertThat(read).isEqualTo(this.error.toProto());
		assertThat(read.getDetailsList()).extracting(Any::getTypeUrl)
			.containsExactly("type.googleapis.com/google.rpc.ErrorInfo", "type.googleapis.com/google.rpc.BadRequest",
					"type.googleapis.com/google.rpc.RetryInfo");
	}

	@Test
	void whenAReasonIsReplacedThenItsMetadataStaysAndThereIsOne() {
		RpcError replaced = this.error.withReason("shop.example", "GONE");
		assertThat(replaced.reason()).isEqualTo("GONE");
		assertThat(replaced.metadata()).isEqualTo(Map.of("sku", "A-1"));
		assertThat(replaced.toProto().getDetailsCount()).isEqualTo(3);
		assertThat(this.error.reason()).isEqualTo("OUT_OF_STOCK");
	}

	@Test
	void whenThereAreNoDetailsThenThereAreNoTrailers() {
		RpcStatusException plain = RpcError.of(Status.Code.NOT_FOUND, "").toException();
		assertThat(plain.getTrailers()).isNotNull();
		assertThat(plain.getTrailers().keys()).isEmpty();
		assertThat(plain.getStatus().getDescription()).isNull();
		assertThat(RpcError.of(Status.Code.NOT_FOUND, "").toString()).isEqualTo("NOT_FOUND");
	}

	@Test
	void whenItsExceptionHasACauseThenThatIsKept() {
		IOException cause = new IOException();
		assertThat(new RpcStatusException(this.error, cause)).hasCause(cause)
			.extracting(RpcStatusException::error)
			.isSameAs(this.error);
	}

	@Test
	void whenADetailHasAnotherTypeThenItIsReadByThat() {
		DebugInfo debug = DebugInfo.newBuilder().setDetail("row 7").build();
		assertThat(this.error.withDetail(debug).detail(DebugInfo.class)).isEqualTo(debug);
		assertThat(this.error.detail(DebugInfo.class)).isNull();
	}

	@Test
	void whenTheStatusIsDeepInAnExceptionThenItIsFound() {
		StatusException status = this.error.toStatus().asException(this.error.toTrailers());
		assertThat(RpcError.from(new ExecutionException(new IllegalStateException(status)))).isNotNull()
			.extracting(RpcError::reason)
			.isEqualTo("OUT_OF_STOCK");
		assertThat(RpcError.from(new IllegalStateException("no call"))).isNull();
		assertThat(RpcError.from(null)).isNull();
		assertThat(RpcError.from(Status.OK.asRuntimeException())).isNull();
	}

	@Test
	void whenDetailsContradictTheStatusThenTheStatusCounts() {
		RpcError read = RpcError.of(Status.ABORTED.withDescription("really"), this.error.toTrailers());
		assertThat(read.code()).isEqualTo(Status.Code.ABORTED);
		assertThat(read.message()).isEqualTo("really");
		assertThat(read.reason()).isEqualTo("OUT_OF_STOCK");
	}

	@Test
	void whenDetailsCannotBeReadThenThereAreNone() {
		Metadata trailers = new Metadata();
		trailers.put(RAW, new byte[] { (byte) 0xff, 0x01 });
		trailers.put(RpcMetadata.CORRELATION_ID, "id");
		RpcError read = RpcError.from(Status.NOT_FOUND.asRuntimeException(trailers));
		assertThat(read).isNotNull();
		assertThat(read.toProto().getDetailsCount()).isZero();
		assertThat(read.correlationId()).isEqualTo("id");
	}

	@Test
	void whenOneDetailCannotBeReadThenTheOthersCan() {
		Any broken = Any.newBuilder()
			.setTypeUrl("type.googleapis.com/google.rpc.ErrorInfo")
			.setValue(ByteString.copyFrom(new byte[] { (byte) 0xff }))
			.build();
		RpcError read = RpcError.of(com.google.rpc.Status.newBuilder()
			.setCode(9)
			.addDetails(broken)
			.addDetails(Any.pack(this.error.detail(RetryInfo.class)))
			.build());
		assertThat(read.reason()).isEmpty();
		assertThat(read.detail(ErrorInfo.class)).isNull();
		assertThat(read.retryDelay()).isEqualTo(Duration.ofMillis(1500));
	}

	@Test
	void whenACodeIsNotKnownThenItIsUnknown() {
		RpcError read = RpcError.of(com.google.rpc.Status.newBuilder().setCode(4711).build());
		assertThat(read.code()).isEqualTo(Status.Code.UNKNOWN);
		assertThat(read.toProto().getCode()).isEqualTo(2);
	}

	@Test
	void whenItIsNoErrorOrADelayIsNegativeThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> RpcError.of(Status.Code.OK, "fine"))
			.withMessage("code: OK (expected: an error)");
		assertThatIllegalArgumentException().isThrownBy(() -> this.error.withRetryDelay(Duration.ofMillis(-1)))
			.withMessage("delay: PT-0.001S (expected: 0 to 10000 years)");
	}

}
