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

package io.rpcboot.server.security;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link SecurityContextListener}: each callback, on a thread that other work
 * has left clean or not.
 */
class SecurityContextListenerTests {

	private static final Authentication ALICE = new TestingAuthenticationToken("alice", null);

	private static final Authentication BOB = new TestingAuthenticationToken("bob", null);

	private final List<@Nullable Authentication> seen = new ArrayList<>();

	private boolean throwing;

	@AfterEach
	void clear() {
		SecurityContextHolder.clearContext();
	}

	static Stream<Named<Consumer<ServerCall.Listener<String>>>> callbacks() {
		return Stream.of(Named.of("onMessage", (listener) -> listener.onMessage("x")),
				Named.of("onHalfClose", ServerCall.Listener::onHalfClose),
				Named.of("onCancel", ServerCall.Listener::onCancel),
				Named.of("onComplete", ServerCall.Listener::onComplete),
				Named.of("onReady", ServerCall.Listener::onReady));
	}

	@ParameterizedTest
	@MethodSource("callbacks")
	void itRunsForItsCallerAndLeavesNothingBehind(Consumer<ServerCall.Listener<String>> callback) {
		callback.accept(listener(ALICE));
		assertThat(this.seen).containsExactly(ALICE);
		assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
	}

	@ParameterizedTest
	@MethodSource("callbacks")
	void whenItThrowsThenItLeavesNothingBehindEither(Consumer<ServerCall.Listener<String>> callback) {
		this.throwing = true;
		assertThatIllegalStateException().isThrownBy(() -> callback.accept(listener(ALICE)));
		assertThat(this.seen).containsExactly(ALICE);
		assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
	}

	@ParameterizedTest
	@MethodSource("callbacks")
	void whenTheThreadRunsForSomebodyElseThenItIsGivenBack(Consumer<ServerCall.Listener<String>> callback) {
		SecurityContextHolder.getContext().setAuthentication(BOB);
		callback.accept(listener(ALICE));
		callback.accept(listener(null));
		assertThat(this.seen).as("nobody does not become bob").containsExactly(ALICE, null);
		assertThat(SecurityContextHolder.getContext().getAuthentication()).isSameAs(BOB);
	}

	private ServerCall.Listener<String> listener(@Nullable Authentication caller) {
		return new SecurityContextListener<>(new ServerCall.Listener<>() {
			@Override
			public void onMessage(String message) {
				look();
			}

			@Override
			public void onHalfClose() {
				look();
			}

			@Override
			public void onCancel() {
				look();
			}

			@Override
			public void onComplete() {
				look();
			}

			@Override
			public void onReady() {
				look();
			}
		}, caller);
	}

	private void look() {
		this.seen.add(SecurityContextHolder.getContext().getAuthentication());
		// What a service leaves is not the next one's.
		SecurityContextHolder.getContext().setAuthentication(BOB);
		if (this.throwing) {
			throw new IllegalStateException("thrown");
		}
	}

}
