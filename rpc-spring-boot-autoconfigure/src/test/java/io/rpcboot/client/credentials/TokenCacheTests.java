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

package io.rpcboot.client.credentials;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TokenCache}, on fake time and a thread that the test runs.
 */
class TokenCacheTests {

	private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

	private final Queue<Runnable> fetches = new ArrayDeque<>();

	private final List<String> told = new ArrayList<>();

	private Instant now = START;

	private int made;

	private Duration life = Duration.ofMinutes(10);

	private @Nullable RuntimeException failure;

	private final TokenCache cache = new TokenCache("the test", this::fetch, this.fetches::add, () -> this.now);

	@Test
	void whenThereIsNoTokenThenAllCallsWaitForOneFetch() {
		get();
		get();
		assertThat(this.told).isEmpty();
		assertThat(this.fetches).hasSize(1);
		run();
		assertThat(this.told).containsExactly("token-1", "token-1");
	}

	@Test
	void whenThereIsATokenThenItIsHandedOutAtOnce() {
		have();
		get();
		assertThat(this.told).containsExactly("token-1");
		assertThat(this.fetches).isEmpty();
	}

	@Test
	void whenItsLastMinuteHasBegunThenTheNextIsFetchedWhileItIsUsed() {
		have();
		this.now = START.plusSeconds(9 * 60 - 1);
		get();
		assertThat(this.fetches).isEmpty();
		this.now = START.plusSeconds(9 * 60);
		get();
		get();
		assertThat(this.told).as("nobody waits").containsExactly("token-1", "token-1", "token-1");
		assertThat(this.fetches).as("one fetch for all").hasSize(1);
		run();
		get();
		assertThat(this.told).last().isEqualTo("token-2");
	}

	@Test
	void whenItIsAboutToExpireThenItIsNotUsed() {
		have();
		this.now = START.plusSeconds(10 * 60 - 5);
		get();
		assertThat(this.told).isEmpty();
		run();
		assertThat(this.told).containsExactly("token-2");
	}

	@Test
	void whenATokenLivesShortlyThenOnlyItsLastQuarterIsForTheNextFetch() {
		this.life = Duration.ofSeconds(20);
		have();
		this.now = START.plusMillis(14_999);
		get();
		assertThat(this.fetches).isEmpty();
		this.now = START.plusSeconds(15);
		get();
		assertThat(this.fetches).hasSize(1);
		this.now = START.plusMillis(17_999);
		get();
		assertThat(this.told).containsExactly("token-1", "token-1", "token-1");
		this.now = START.plusSeconds(18);
		get();
		assertThat(this.told).hasSize(3);
	}

	@Test
	void whenATokenComesExpiredThenItIsNotFetchedForEachCall() {
		this.life = Duration.ofSeconds(-30);
		have();
		get();
		assertThat(this.told).containsExactly("token-1");
		assertThat(this.fetches).isEmpty();
		this.now = START.plusSeconds(1);
		get();
		assertThat(this.fetches).hasSize(1);
	}

	@Test
	void whenATokenHasNoEndThenItIsFetchedOnce() {
		TokenCache endless = new TokenCache("the test", () -> new AccessToken("endless", null), Runnable::run,
				() -> this.now);
		endless.get(new Told());
		this.now = START.plus(Duration.ofDays(3650));
		endless.get(new Told());
		assertThat(this.told).containsExactly("endless", "endless");
	}

	@Test
	void whenNoneCanBeHadThenCallsFailAndTheSourceIsAskedOnceASecond() {
		this.failure = new IllegalStateException("away");
		get();
		run();
		this.now = START.plusMillis(999);
		get();
		assertThat(this.told).containsExactly("failed: away", "failed: away");
		assertThat(this.fetches).isEmpty();
		this.failure = null;
		this.now = START.plusSeconds(1);
		get();
		run();
		get();
		assertThat(this.told).endsWith("token-2", "token-2");
	}

	@Test
	void whenTheNextCannotBeHadThenTheOldOneIsUsedOn() {
		have();
		this.failure = new IllegalStateException("away");
		this.now = START.plusSeconds(9 * 60);
		get();
		run();
		get();
		assertThat(this.fetches).as("not within the second").isEmpty();
		this.now = START.plusSeconds(9 * 60 + 1);
		get();
		assertThat(this.fetches).hasSize(1);
		assertThat(this.told).containsExactly("token-1", "token-1", "token-1");
	}

	@Test
	void whenATokenIsRefusedThenTheNextIsFetchedAtOnceAndItIsUsedUntilThen() {
		have();
		this.now = START.plusSeconds(60);
		this.cache.refused();
		assertThat(this.fetches).hasSize(1);
		get();
		run();
		get();
		assertThat(this.told).containsExactly("token-1", "token-2");
		this.cache.refused();
		assertThat(this.fetches).as("by a server that was sent the one before").isEmpty();
	}

	@Test
	void whenEveryTokenIsRefusedThenTheSourceIsAskedOnceInTenSeconds() {
		have();
		for (int second = 0; second < 60; second++) {
			this.now = START.plusSeconds(second);
			get();
			this.cache.refused();
			if (!this.fetches.isEmpty()) {
				run();
			}
		}
		assertThat(this.made).as("tokens in a minute").isEqualTo(6);
	}

	@Test
	void whenARefusedTokenCannotBeReplacedThenItIsUsedOnAndTheSourceAskedAgain() {
		have();
		this.failure = new IllegalStateException("away");
		this.now = START.plusSeconds(60);
		this.cache.refused();
		run();
		get();
		assertThat(this.told).containsExactly("token-1");
		this.now = START.plusSeconds(61);
		get();
		assertThat(this.fetches).hasSize(1);
	}

	@Test
	void whenThereIsNoTokenThenARefusalHasNoneFetched() {
		this.cache.refused();
		assertThat(this.fetches).isEmpty();
	}

	@Test
	void whenTheClockIsSetBackThenAFailedSourceIsNotLeftAloneForLonger() {
		this.failure = new IllegalStateException("away");
		get();
		run();
		this.now = START.minus(Duration.ofHours(1));
		get();
		assertThat(this.fetches).hasSize(1);
	}

	@Test
	@SuppressWarnings("NullAway")
	void whenTheSourceReturnsNothingThenTheCallFailsAndTheNextOneAsksAgain() {
		TokenCache empty = new TokenCache("the test", () -> null, Runnable::run, () -> this.now);
		empty.get(new Told());
		this.now = START.plusSeconds(1);
		empty.get(new Told());
		assertThat(this.told).containsExactly("failed: The source returned no token",
				"failed: The source returned no token");
	}

	@Test
	void whenASourceHangsThenNotAnyNumberOfCallsWaitForIt() {
		for (int i = 0; i < TokenCache.MAX_WAITING; i++) {
			get();
		}
		assertThat(this.told).isEmpty();
		get();
		assertThat(this.told).containsExactly("failed: 10000 calls wait for it already");
		run();
		assertThat(this.told).hasSize(TokenCache.MAX_WAITING + 1).last().isEqualTo("token-1");
	}

	@Test
	void whenOneCallThatWaitsCannotGoOnThenTheOthersDo() {
		this.cache.get(new Told() {
			@Override
			public void onToken(AccessToken token) {
				throw new IllegalStateException("the transport is gone");
			}
		});
		get();
		run();
		assertThat(this.told).containsExactly("token-1");
	}

	@Test
	void whenThereIsNoThreadToFetchThenTheCallFails() {
		TokenCache closed = new TokenCache("the test", this::fetch, (task) -> {
			throw new RejectedExecutionException("closed");
		}, () -> this.now);
		closed.get(new Told());
		assertThat(this.told).containsExactly("failed: closed");
	}

	@Test
	void whatAHeaderCannotCarryIsNoToken() {
		assertThatIllegalArgumentException().isThrownBy(() -> new AccessToken("se cret\n", null))
			.withMessage("token: 8 characters (expected: at least one, all of visible ASCII)");
	}

	@Test
	void noTokenIsInWhatIsPrinted() {
		AccessToken token = new AccessToken("secret", null);
		assertThat(token.toString() + HeldToken.of(token, START)).doesNotContain("secret");
	}

	private AccessToken fetch() {
		this.made++;
		if (this.failure != null) {
			throw this.failure;
		}
		return new AccessToken("token-" + this.made, this.now.plus(this.life));
	}

	private void have() {
		get();
		run();
		this.told.clear();
	}

	private void get() {
		this.cache.get(new Told());
	}

	private void run() {
		this.fetches.remove().run();
	}

	private class Told implements TokenWaiter {

		@Override
		public void onToken(AccessToken token) {
			TokenCacheTests.this.told.add(token.value());
		}

		@Override
		public void onFailure(Throwable failed) {
			TokenCacheTests.this.told.add("failed: " + failed.getMessage());
		}

	}

}
