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
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

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

	private static final Logger logger = LoggerFactory.getLogger(TokenCache.class);

	private final String name;

	private final TokenSource source;

	private final Executor fetcher;

	private final InstantSource clock;

	private volatile @Nullable HeldToken held;

	private boolean fetching;

	private List<Waiter> waiting = new ArrayList<>();

	private @Nullable Throwable failure;

	private Instant retryAt = Instant.MIN;

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
	void get(Waiter waiter) {
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

	private void await(Waiter waiter, Instant now) {
		HeldToken current;
		Throwable failed = null;
		boolean first = false;
		synchronized (this) {
			current = this.held;
			if (current == null || !current.isUsable(now)) {
				current = null;
				failed = now.isBefore(this.retryAt) ? this.failure : null;
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
		synchronized (this) {
			if (this.fetching || now.isBefore(this.retryAt)) {
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
		catch (RejectedExecutionException ex) {
			failed(ex);
		}
	}

	private void fetch() {
		AccessToken token;
		try {
			token = this.source.fetch();
		}
		catch (Throwable ex) {
			failed(ex);
			return;
		}
		List<Waiter> served;
		boolean recovered;
		synchronized (this) {
			this.held = HeldToken.of(token, this.clock.instant());
			recovered = this.failure != null;
			this.failure = null;
			this.retryAt = Instant.MIN;
			served = end();
		}
		if (recovered) {
			logger.info("There is a token for {} again", this.name);
		}
		served.forEach((waiter) -> waiter.onToken(token));
	}

	private void failed(Throwable ex) {
		List<Waiter> unserved;
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
		unserved.forEach((waiter) -> waiter.onFailure(ex));
	}

	private List<Waiter> end() {
		List<Waiter> told = this.waiting;
		this.waiting = new ArrayList<>();
		this.fetching = false;
		return told;
	}

	/**
	 * A call that needs the token.
	 */
	interface Waiter {

		/**
		 * Takes the token.
		 */
		void onToken(AccessToken token);

		/**
		 * Learns that there is none.
		 */
		void onFailure(Throwable failure);

	}

}
