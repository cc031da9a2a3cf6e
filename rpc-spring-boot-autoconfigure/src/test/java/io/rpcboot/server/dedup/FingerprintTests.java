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

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Fingerprint}.
 */
class FingerprintTests {

	@Test
	void whenTheSameRequestIsSerializedInAnotherOrderThenItIsTheSame() {
		Struct.Builder one = Struct.newBuilder();
		Struct.Builder other = Struct.newBuilder();
		for (int i = 0; i < 20; i++) {
			one.putFields("k" + i, number(i));
			other.putFields("k" + (19 - i), number(19 - i));
		}
		assertThat(one.build().toByteString()).isNotEqualTo(other.build().toByteString());
		assertThat(of("a.B/C", one.build())).isEqualTo(of("a.B/C", other.build())).hasSize(64);
	}

	@Test
	void whenMethodOrRequestDifferThenItIsAnother() {
		Struct request = Struct.newBuilder().putFields("k", number(1)).build();
		assertThat(of("a.B/C", request)).isNotEqualTo(of("a.B/D", request))
			.isNotEqualTo(of("a.B/C", Struct.newBuilder().putFields("k", number(2)).build()))
			.isNotEqualTo(of("a.B/C", Struct.getDefaultInstance()));
	}

	@Test
	void whenTheRequestIsNoProtobufThenItsMarshallerSaysWhatItIs() {
		assertThat(of("a.B/C", "text")).isEqualTo(of("a.B/C", "text")).isNotEqualTo(of("a.B/C", "other"));
	}

	private static Value number(int number) {
		return Value.newBuilder().setNumberValue(number).build();
	}

	private static String of(String method, Object request) {
		return Fingerprint.of(new Call(method), request);
	}

	private static final class Call extends ServerCall<Object, Object> {

		private final String method;

		Call(String method) {
			this.method = method;
		}

		@Override
		public MethodDescriptor<Object, Object> getMethodDescriptor() {
			MethodDescriptor.Marshaller<Object> marshaller = new MethodDescriptor.Marshaller<>() {
				@Override
				public InputStream stream(Object value) {
					return new ByteArrayInputStream(value.toString().getBytes(StandardCharsets.UTF_8));
				}

				@Override
				public Object parse(InputStream stream) {
					throw new UnsupportedOperationException();
				}
			};
			return MethodDescriptor.newBuilder(marshaller, marshaller)
				.setType(MethodType.UNARY)
				.setFullMethodName(this.method)
				.build();
		}

		@Override
		public void request(int messages) {
		}

		@Override
		public void sendHeaders(Metadata headers) {
		}

		@Override
		public void sendMessage(Object message) {
		}

		@Override
		public void close(Status status, Metadata trailers) {
		}

		@Override
		public boolean isCancelled() {
			return false;
		}

	}

}
