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

package io.rpcboot.registry.etcd;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.GetOption.SortOrder;
import io.etcd.jetcd.options.GetOption.SortTarget;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchEvent.EventType;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the content of a range of keys: lists it in pages at one revision, watches from
 * the next one on, and lists again after any break, whatever jetcd promises about
 * resuming (a watch of its that is cut right after it was created loses what it had not
 * yet been sent). Every 30 s the number of keys and the highest mod revision are compared
 * as a safety net, and the range is read in full only when they differ.
 * <p>
 * Runs on the thread of the {@link EtcdConnection}.
 */
final class KeyWatch {

	private static final Logger logger = LoggerFactory.getLogger(KeyWatch.class);

	private static final int PAGE = 1000;

	private static final ByteSequence ZERO = ByteSequence.from(new byte[1]);

	private static final long RECONCILE_MILLIS = Duration.ofSeconds(30).toMillis();

	private static final long REFRESH_NANOS = Duration.ofSeconds(1).toNanos();

	private final EtcdConnection etcd;

	private final ByteSequence first;

	private final ByteSequence rangeEnd;

	private final KeyWatchListener listener;

	private final RandomGenerator random;

	private final Backoff backoff;

	private SortedMap<String, KeyValue> records = new TreeMap<>();

	/** The highest mod revision applied: events up to here have been seen. */
	private long revision;

	/** The highest revision of the store that any answer named; it never goes back. */
	private long storeRevision;

	private boolean known;

	private long comparedNanos = System.nanoTime() - REFRESH_NANOS;

	private boolean closed;

	private boolean listing;

	private int pageSize = PAGE;

	/** Counts watchers, so that the last words of an old one are not taken for news. */
	private int generation;

	private Watch.@Nullable Watcher watcher;

	private @Nullable Future<?> next;

	/**
	 * Creates a watch that does nothing yet.
	 * @param etcd the connection
	 * @param first the first key, or what all keys begin with
	 * @param end the end of the range, exclusive
	 * @param listener is told the content
	 * @param random spreads the load of many processes
	 */
	KeyWatch(EtcdConnection etcd, String first, String end, KeyWatchListener listener, RandomGenerator random) {
		this.etcd = etcd;
		this.first = EtcdKeys.bytes(first);
		this.rangeEnd = EtcdKeys.bytes(end);
		this.listener = listener;
		this.random = random;
		this.backoff = new Backoff(random);
	}

	/**
	 * Reads the whole content now, and watches from there on. Does nothing while a read
	 * is under way.
	 */
	void list() {
		if (this.closed || this.listing) {
			return;
		}
		this.listing = true;
		stopWatching();
		cancelNext();
		SortedMap<String, KeyValue> found = new TreeMap<>();
		page(this.first, 0, found).whenComplete((readAt, failure) -> {
			this.listing = false;
			if (this.closed) {
				return;
			}
			if (failure == null) {
				listed(found, readAt);
			}
			else {
				listFailed(EtcdErrors.unwrap(failure));
			}
		});
	}

	/**
	 * Compares with etcd's content now, or a second after the last time, and reads it
	 * when it differs.
	 */
	void refresh() {
		if (this.closed || this.listing || this.watcher == null) {
			return;
		}
		long waitNanos = Math.max(0, this.comparedNanos + REFRESH_NANOS - System.nanoTime());
		next(this::reconcile, TimeUnit.NANOSECONDS.toMillis(waitNanos));
	}

	void close() {
		this.closed = true;
		stopWatching();
		cancelNext();
	}

	/**
	 * Reads one page and, by itself, the ones behind it.
	 * @return the revision at which all pages were read
	 */
	private CompletableFuture<Long> page(ByteSequence from, long atRevision, SortedMap<String, KeyValue> found) {
		GetOption option = GetOption.builder()
			.withRange(this.rangeEnd)
			.withLimit(this.pageSize)
			.withRevision(atRevision)
			.build();
		return this.etcd.call((client) -> client.getKVClient().get(from, option)).thenCompose((response) -> {
			List<KeyValue> page = response.getKvs();
			page.forEach((record) -> found.put(key(record), record));
			long readAt = (atRevision != 0) ? atRevision : response.getHeader().getRevision();
			if (!response.isMore() || page.isEmpty()) {
				return CompletableFuture.completedFuture(readAt);
			}
			// In bytes: a foreign key need not be UTF-8, nor sort as text does.
			return page(page.get(page.size() - 1).getKey().concat(ZERO), readAt, found);
		});
	}

	private void listed(SortedMap<String, KeyValue> found, long readAt) {
		boolean reset = readAt < this.storeRevision;
		if (reset) {
			this.etcd.outage()
				.trouble("etcd's revision went back from {} to {}: the store was reset", this.storeRevision, readAt);
		}
		this.backoff.reset();
		this.records = found;
		this.revision = readAt;
		this.storeRevision = readAt;
		this.known = true;
		// Before the listener, which may fail, is told.
		reconcileLater();
		watch();
		if (reset) {
			this.listener.onReset();
		}
		publish();
	}

	private void listFailed(Throwable failure) {
		Status.Code code = EtcdErrors.code(failure);
		if (code == Status.Code.RESOURCE_EXHAUSTED && this.pageSize > 1) {
			// A page of huge records does not fit into one message.
			this.pageSize = Math.max(1, this.pageSize / 8);
			list();
			return;
		}
		if (EtcdErrors.isUnexpected(failure) && code != Status.Code.OUT_OF_RANGE) {
			this.etcd.outage().trouble("{} cannot be read: {}; trying again", this.first, EtcdErrors.text(failure));
		}
		// Before the listener, which may fail, is told.
		relistLater("list: " + EtcdErrors.text(failure));
		if (!this.known) {
			this.listener.onUnavailable(failure);
		}
	}

	private void watch() {
		int current = ++this.generation;
		WatchOption option = WatchOption.builder()
			.withRange(this.rangeEnd)
			.withRevision(this.revision + 1)
			.withRequireLeader(true)
			.build();
		try {
			this.watcher = this.etcd.client()
				.getWatchClient()
				.watch(this.first, option,
						Watch.listener((response) -> hop(current, () -> changed(response)),
								(failure) -> hop(current, () -> relistLater("watch: " + EtcdErrors.text(failure))),
								() -> hop(current, () -> relistLater("watch: ended"))));
		}
		catch (RuntimeException ex) {
			relistLater("watch: " + ex.getMessage());
		}
	}

	private void hop(int watcherGeneration, Runnable task) {
		this.etcd.execute(() -> {
			if (watcherGeneration == this.generation && !this.closed) {
				task.run();
			}
		});
	}

	private void changed(WatchResponse response) {
		long headerRevision = response.getHeader().getRevision();
		if (headerRevision < this.storeRevision) {
			relistLater("watch: the revision went back");
			return;
		}
		this.storeRevision = headerRevision;
		// The header may be ahead of events still to come: only an event moves the mark.
		long mark = this.revision;
		for (WatchEvent event : response.getEvents()) {
			if (event.getKeyValue().getModRevision() > mark) {
				apply(event);
			}
		}
		if (this.revision > mark) {
			publish();
		}
	}

	private void apply(WatchEvent event) {
		KeyValue record = event.getKeyValue();
		if (event.getEventType() == EventType.DELETE) {
			this.records.remove(key(record));
		}
		else {
			this.records.put(key(record), record);
		}
		this.revision = Math.max(this.revision, record.getModRevision());
	}

	private void reconcile() {
		GetOption newest = GetOption.builder()
			.withRange(this.rangeEnd)
			.withLimit(1)
			.withSortField(SortTarget.MOD)
			.withSortOrder(SortOrder.DESCEND)
			.build();
		this.comparedNanos = System.nanoTime();
		this.next = null;
		int current = this.generation;
		this.etcd.call((client) -> client.getKVClient().get(this.first, newest)).whenComplete((response, failure) -> {
			// Otherwise a read has begun or is due, which is as good.
			if (current == this.generation && !this.closed) {
				if (failure != null || !agrees(response)) {
					list();
				}
				else if (this.next == null) {
					reconcileLater();
				}
			}
		});
	}

	private void reconcileLater() {
		long jitter = this.random.nextLong(RECONCILE_MILLIS / 5);
		next(this::reconcile, RECONCILE_MILLIS - RECONCILE_MILLIS / 10 + jitter);
	}

	/**
	 * Compares etcd's content with what the events made of it. Content that is already
	 * ahead of the events counts as different, which costs one read.
	 */
	private boolean agrees(GetResponse response) {
		long highest = response.getKvs().isEmpty() ? 0 : response.getKvs().get(0).getModRevision();
		long known = this.records.values().stream().mapToLong(KeyValue::getModRevision).max().orElse(0);
		return response.getCount() == this.records.size() && highest == known
				&& response.getHeader().getRevision() >= this.storeRevision;
	}

	private void relistLater(String reason) {
		stopWatching();
		long delay = this.backoff.nextMillis();
		logger.debug("{}: reading again in {} ms ({})", this.first, delay, reason);
		next(this::list, delay);
	}

	private void publish() {
		this.listener.onRecords(Collections.unmodifiableSortedMap(this.records), this.revision);
	}

	private void stopWatching() {
		this.generation++;
		Watch.Watcher current = this.watcher;
		this.watcher = null;
		if (current != null) {
			current.close();
		}
	}

	private void next(Runnable task, long delayMillis) {
		cancelNext();
		this.next = this.etcd.schedule(task, delayMillis);
	}

	private void cancelNext() {
		if (this.next != null) {
			this.next.cancel(false);
			this.next = null;
		}
	}

	private static String key(KeyValue record) {
		return record.getKey().toString(StandardCharsets.UTF_8);
	}

}
