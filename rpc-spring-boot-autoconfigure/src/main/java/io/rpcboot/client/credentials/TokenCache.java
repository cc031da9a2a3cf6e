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

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the token of one source until shortly before it expires, and fetches the next
 * meanwhile, so that only the first call waits. A call that finds a token takes no lock.
 * While none can be had, the source is asked once a second, and a token that is still
 * valid is used on.
 */
final class TokenCache {

	/** So much later a source that has failed is asked again. */
	static final long RETRY_SECONDS = 1;

	/** A server that refuses every token has the source asked no more often. */
	static final long REFUSAL_SECONDS = 10;

	/**
	 * A source that hangs must not fill the memory with calls whose deadlines have
	 * passed.
	 */
	static final int MAX_WAITING = 10_000;

	private static final Logger logger = LoggerFactory.getLogger(TokenCache.class);

	private final String name;

	private final TokenSource source;

	private final Executor fetcher;

	private final InstantSource clock;

	private volatile @Nullable HeldToken held;

	private volatile boolean fetching;

	private List<TokenWaiter> waiting = new ArrayList<>();

	private @Nullable Throwable failure;

	private volatile Instant retryAt = Instant.MIN;

	private Instant refusableAt = Instant.MIN;

	/**
	 * Creates a cache.
	 * @param name what the tokens are for, for the log
	 * @param source knows where to get them
	 * @param fetcher runs it
	 * @param clock tells the time
	 */
	TokenCache(String name, TokenSource source, Executor fetcher, InstantSource clock) {
		this.name = name;
		this.source = source;
		this.fetcher = fetcher;
		this.clock = clock;
	}

	/**
	 * Hands out the token: at once, if it is there, else on the thread that gets it. Does
	 * not block.
	 */
	void get(TokenWaiter waiter) {
		Instant now = this.clock.instant();
		HeldToken current = this.held;
		if (current == null || !current.isUsable(now)) {
			await(waiter, now);
			return;
		}
		if (current.isOld(now)) {
			refresh(now);
		}
		waiter.onToken(current.token());
	}

	/**
	 * Tells that a server has refused a call that carried the token, which may have been
	 * revoked: the next one is fetched at once. Until it is there, the refused one is
	 * used on, as the refusal may have been meant for somebody further on. Refusals
	 * within ten seconds of a fetch are taken for ones of the token before. Does not
	 * block.
	 */
	void refused() {
		Instant now = this.clock.instant();
		synchronized (this) {
			HeldToken current = this.held;
			if (current == null || isWithin(now, this.refusableAt, REFUSAL_SECONDS)) {
				return;
			}
			this.refusableAt = now.plusSeconds(REFUSAL_SECONDS);
			this.held = current.oldSince(now);
		}
		refresh(now);
	}

	private void await(TokenWaiter waiter, Instant now) {
		HeldToken current;
		Throwable failed = null;
		boolean first = false;
		synchronized (this) {
			current = this.held;
			if (current == null || !current.isUsable(now)) {
				current = null;
				failed = isTooEarly(now) ? this.failure : null;
				if (failed == null && this.waiting.size() == MAX_WAITING) {
					failed = new IllegalStateException(MAX_WAITING + " calls wait for it already");
				}
				if (failed == null) {
					this.waiting.add(waiter);
					first = !this.fetching;
					this.fetching = true;
				}
			}
		}
		if (current != null) {
			waiter.onToken(current.token());
		}
		else if (failed != null) {
			waiter.onFailure(failed);
		}
		else if (first) {
			start();
		}
	}

	private void refresh(Instant now) {
		if (this.fetching || isTooEarly(now)) {
			return;
		}
		synchronized (this) {
			if (this.fetching || isTooEarly(now)) {
				return;
			}
			this.fetching = true;
		}
		start();
	}

	private void start() {
		try {
			this.fetcher.execute(this::fetch);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// There is no thread to be had.
			failed(ex);
		}
	}

	private boolean isTooEarly(Instant now) {
		return isWithin(now, this.retryAt, RETRY_SECONDS);
	}

	/**
	 * Tells whether a span of time is not over; it is, too, if the clock was set back to
	 * before its begin.
	 */
	private static boolean isWithin(Instant now, Instant end, long seconds) {
		return now.isBefore(end) && !now.isBefore(end.minusSeconds(seconds));
	}

	private void fetch() {
		HeldToken fetched;
		try {
			AccessToken token = Objects.requireNonNull(this.source.fetch(), "The source returned no token");
			fetched = HeldToken.of(token, this.clock.instant());
		}
		catch (Throwable ex) {
			failed(ex);
			return;
		}
		List<TokenWaiter> served;
		boolean recovered;
		synchronized (this) {
			this.held = fetched;
			this.refusableAt = this.clock.instant().plusSeconds(REFUSAL_SECONDS);
			recovered = this.failure != null;
			this.failure = null;
			this.retryAt = Instant.MIN;
			served = end();
		}
		if (recovered) {
			logger.info("There is a token for {} again", this.name);
		}
		tell(served, (waiter) -> waiter.onToken(fetched.token()));
	}

	private void failed(Throwable ex) {
		List<TokenWaiter> unserved;
		boolean begun;
		synchronized (this) {
			begun = this.failure == null;
			this.failure = ex;
			this.retryAt = this.clock.instant().plusSeconds(RETRY_SECONDS);
			unserved = end();
		}
		if (begun) {
			logger.warn("There is no token for {}; the next try is for a call that comes {} s later", this.name,
					RETRY_SECONDS, ex);
		}
		tell(unserved, (waiter) -> waiter.onFailure(ex));
	}

	/** One call that fails here must not take the others along. */
	private void tell(List<TokenWaiter> waiters, Consumer<TokenWaiter> told) {
		for (TokenWaiter waiter : waiters) {
			try {
				told.accept(waiter);
			}
			catch (RuntimeException ex) {
				logger.error("One of {} could not go on", this.name, ex);
			}
		}
	}

	private List<TokenWaiter> end() {
		List<TokenWaiter> told = this.waiting;
		this.waiting = new ArrayList<>();
		this.fetching = false;
		return told;
	}

}
