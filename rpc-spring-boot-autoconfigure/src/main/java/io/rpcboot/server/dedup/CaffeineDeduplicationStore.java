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
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy.FixedExpiration;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Keeps calls in memory, by age: Caffeine ends each of them when its time has come, also
 * while nothing happens, and knows their order. The bound in bytes is kept here, oldest
 * first, and not by Caffeine's own policy (W-TinyLFU): among entries that were asked for
 * equally often, and most are never, that drops the newest, whose answer may still be
 * wanted, and leaves no horizon behind which all is known.
 * <p>
 * Each operation takes constant time but for the eviction, which takes constant time for
 * each entry that goes.
 */
final class CaffeineDeduplicationStore implements DeduplicationStore {

	/** Objects and references of an entry, measured as about 500 bytes. */
	private static final int OVERHEAD_BYTES = 512;

	private static final int EVICTED_AT_ONCE = 64;

	/**
	 * When there is no room, this part of all is made free: to ask for the oldest takes
	 * longer than to remove one, so not each call shall ask.
	 */
	private static final int FREED_PART = 256;

	/** An attempt may be on its way for so long without being taken for younger. */
	private static final Duration LATE = Duration.ofSeconds(10);

	/** Made for the first call: most applications have none, and start without it. */
	private volatile @Nullable Cache<RequestKey, Entry> calls;

	private final Duration retention;

	private final long maxBytes;

	private final long rememberedNanos;

	private final long lateNanos;

	private final Horizon horizon;

	private final AtomicLong bytes = new AtomicLong();

	private final AtomicLong evicted = new AtomicLong();

	CaffeineDeduplicationStore(long maxBytes, Duration retention, LongSupplier nanoTime) {
		this.maxBytes = maxBytes;
		this.lateNanos = Math.min(LATE.toNanos(), retention.toNanos() / 4);
		this.rememberedNanos = retention.toNanos() - this.lateNanos;
		this.horizon = new Horizon(nanoTime);
		this.retention = retention;
	}

	private Cache<RequestKey, Entry> calls() {
		Cache<RequestKey, Entry> made = this.calls;
		return (made != null) ? made : makeCalls();
	}

	private synchronized Cache<RequestKey, Entry> makeCalls() {
		Cache<RequestKey, Entry> made = this.calls;
		if (made == null) {
			made = Caffeine.newBuilder()
				.expireAfterWrite(this.retention)
				// Not the raw time, which may overflow: Caffeine loses the order there.
				.ticker(this.horizon::elapsed)
				.scheduler(Scheduler.systemScheduler())
				.executor(Runnable::run)
				.removalListener(
						(@Nullable RequestKey key, @Nullable Entry entry, RemovalCause cause) -> removed(entry))
				.build();
			this.calls = made;
		}
		return made;
	}

	@Override
	public boolean isKnown(RequestKey key) {
		return entry(key) != null;
	}

	@Override
	public @Nullable RecordedCall find(RequestKey key) {
		Entry entry = entry(key);
		return (entry != null) ? entry.call() : null;
	}

	private @Nullable Entry entry(RequestKey key) {
		Cache<RequestKey, Entry> made = this.calls;
		return (made != null) ? made.getIfPresent(key) : null;
	}

	@Override
	public void record(RequestKey key, RecordedCall call, Duration age) {
		Entry entry = new Entry(call, weight(key, call), this.horizon.elapsed() - age.toNanos());
		if (entry.bytes() > this.maxBytes) {
			this.horizon.forget(age.toNanos());
			this.evicted.incrementAndGet();
			return;
		}
		this.bytes.addAndGet(entry.bytes());
		calls().put(key, entry);
		if (this.bytes.get() > this.maxBytes) {
			evict();
		}
	}

	@Override
	public void acknowledge(RequestKey key) {
		calls().asMap().computeIfPresent(key, (known, entry) -> {
			RecordedCall rest = entry.call().acknowledged();
			Entry tombstone = new Entry(rest, weight(key, rest), entry.begun());
			this.bytes.addAndGet(tombstone.bytes());
			return tombstone;
		});
	}

	@Override
	public boolean remembers(Duration age) {
		long nanos = age.toNanos();
		return nanos < this.rememberedNanos && this.horizon.isOlderThan(nanos + this.lateNanos);
	}

	@Override
	public long bytes() {
		Cache<RequestKey, Entry> made = this.calls;
		if (made != null) {
			made.cleanUp();
		}
		return this.bytes.get();
	}

	@Override
	public long evicted() {
		return this.evicted.get();
	}

	private synchronized void evict() {
		Cache<RequestKey, Entry> made = calls();
		made.cleanUp();
		FixedExpiration<RequestKey, Entry> byAge = made.policy().expireAfterWrite().orElseThrow();
		long enough = this.maxBytes - this.maxBytes / FREED_PART;
		while (this.bytes.get() > enough) {
			Map<RequestKey, Entry> oldest = byAge.oldest(EVICTED_AT_ONCE);
			if (oldest.isEmpty()) {
				return;
			}
			oldest.forEach((key, entry) -> {
				if (this.bytes.get() > enough) {
					// First, or an attempt could find neither the call nor the horizon.
					this.horizon.forget(this.horizon.elapsed() - entry.begun());
					// Not if it was acknowledged just now.
					if (made.asMap().remove(key, entry)) {
						this.evicted.incrementAndGet();
					}
				}
			});
		}
	}

	private void removed(@Nullable Entry entry) {
		if (entry != null) {
			this.bytes.addAndGet(-entry.bytes());
		}
	}

	private static long weight(RequestKey key, RecordedCall call) {
		long bytes = OVERHEAD_BYTES;
		bytes += key.caller().length() + key.clientId().length() + key.requestId().length();
		bytes += call.fingerprint().length() + weight(call.headers()) + weight(call.trailers());
		String description = call.status().getDescription();
		bytes += (description != null) ? 2L * description.length() : 0;
		return bytes + ((call.message() != null) ? call.message().size() : 0);
	}

	private static long weight(@Nullable Metadata metadata) {
		if (metadata == null) {
			return 0;
		}
		long bytes = 0;
		for (String name : metadata.keys()) {
			bytes += name.endsWith(Metadata.BINARY_HEADER_SUFFIX)
					? weight(name, metadata.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER)),
							(value) -> value.length)
					: weight(name, metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)),
							String::length);
		}
		return bytes;
	}

	private static <T> long weight(String name, @Nullable Iterable<T> values, ToIntFunction<T> length) {
		long bytes = 0;
		if (values != null) {
			for (T value : values) {
				bytes += name.length() + length.applyAsInt(value);
			}
		}
		return bytes;
	}

	/**
	 * A call in the store.
	 *
	 * @param call how it ended
	 * @param bytes what it costs
	 * @param begun when its first attempt came, on the clock of the horizon
	 */
	private record Entry(RecordedCall call, long bytes, long begun) {

	}

}
