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

package io.rpcboot.client.fallback;

import java.util.Set;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a caller is told whose fallback fails too.
 */
class FallbackRuleTests {

	private final FallbackRule rule = new FallbackRule("orders", "cache", new FallbackTarget() {
		@Override
		public boolean serves(MethodDescriptor<?, ?> method) {
			return true;
		}

		@Override
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options, Status failure) {
			throw new UnsupportedOperationException();
		}
	}, Set.of(Status.Code.UNAVAILABLE), new FallbackCounts());

	@Test
	void whenTheFallbackThrowsTheSameExceptionEachTimeThenNothingIsAddedToIt() {
		IllegalStateException shared = new IllegalStateException("empty");
		for (int i = 0; i < 3; i++) {
			Status told = this.rule.failed(Status.UNAVAILABLE.withDescription("gone " + i),
					Status.UNKNOWN.withCause(shared));
			assertThat(told.getCause())
				.hasMessage("The fallback 'cache' of orders failed; it was asked as the call "
						+ "ended with UNAVAILABLE: gone " + i)
				.hasCause(shared);
			assertThat(told.getCause().getSuppressed()).singleElement()
				.asInstanceOf(InstanceOfAssertFactories.type(StatusRuntimeException.class))
				.extracting((first) -> first.getStatus().getDescription())
				.isEqualTo("gone " + i);
		}
		assertThat(shared.getSuppressed()).isEmpty();
	}

	@Test
	void whenTheFallbackEndsWithAStatusAloneThenTheFirstFailureIsTheCause() {
		Status told = this.rule.failed(Status.UNAVAILABLE, Status.NOT_FOUND.withDescription("no order"));
		assertThat(told.getCode()).isEqualTo(Status.Code.NOT_FOUND);
		assertThat(told.getDescription()).isEqualTo(
				"The fallback 'cache' of orders failed: no order; it was asked as the call ended with UNAVAILABLE");
		assertThat(Status.fromThrowable(told.getCause()).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
	}

}
