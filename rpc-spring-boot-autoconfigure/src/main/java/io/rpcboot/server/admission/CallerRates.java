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

package io.rpcboot.server.admission;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import io.rpcboot.server.admission.AdmissionSettings.Callers;
import io.rpcboot.server.admission.AdmissionSettings.Rate;
import org.jspecify.annotations.Nullable;

/**
 * The token buckets of callers. Their number is bounded: buckets that are full again are
 * forgotten, which changes nothing for their callers, and callers beyond the bound share
 * one bucket. So names made up by a caller cost no more memory than that, but a caller
 * that makes up names is not held to one rate: that takes an identity that can be
 * trusted.
 */
final class CallerRates {

	private static final long EVICTION_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Callers settings;

	private final LongSupplier nanoTime;

	private final Map<String, TokenBucket> buckets = new ConcurrentHashMap<>();

	private final AtomicLong nextEvictionNanos;

	private final @Nullable TokenBucket shared;

	CallerRates(Callers settings, LongSupplier nanoTime) {
		this.settings = settings;
		this.nanoTime = nanoTime;
		this.nextEvictionNanos = new AtomicLong(nanoTime.getAsLong());
		this.shared = (settings.defaultRate() != null) ? bucket(settings.defaultRate()) : null;
	}

	boolean isEnabled() {
		return this.settings.defaultRate() != null || !this.settings.rates().isEmpty();
	}

	/**
	 * Takes a token of a caller.
	 * @param name the caller; {@code null} if it is not known
	 * @return 0 if there was one, else how many nanoseconds it takes until there is one
	 */
	long take(@Nullable String name) {
		TokenBucket bucket = (name != null) ? bucket(name) : this.shared;
		return (bucket != null) ? bucket.take(this.nanoTime.getAsLong()) : 0;
	}

	int size() {
		return this.buckets.size();
	}

	private @Nullable TokenBucket bucket(String name) {
		TokenBucket bucket = this.buckets.get(name);
		if (bucket != null) {
			return bucket;
		}
		Rate own = this.settings.rates().get(name);
		Rate rate = (own != null) ? own : this.settings.defaultRate();
		if (rate == null) {
			return null;
		}
		// A caller with a rate of its own always has its bucket.
		return (own != null || hasRoom()) ? this.buckets.computeIfAbsent(name, (key) -> bucket(rate)) : this.shared;
	}

	private TokenBucket bucket(Rate rate) {
		return new TokenBucket(rate.perSecond(), rate.burst(), this.nanoTime.getAsLong());
	}

	private boolean hasRoom() {
		if (this.buckets.size() < this.settings.maxTracked()) {
			return true;
		}
		long now = this.nanoTime.getAsLong();
		long next = this.nextEvictionNanos.get();
		if (now - next >= 0 && this.nextEvictionNanos.compareAndSet(next, now + EVICTION_NANOS)) {
			this.buckets.values().removeIf((bucket) -> bucket.isFull(now));
		}
		return this.buckets.size() < this.settings.maxTracked();
	}

}
