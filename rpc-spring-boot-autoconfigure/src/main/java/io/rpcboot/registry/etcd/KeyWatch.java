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

import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchEvent.EventType;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the content of a range of keys: lists it in pages at one revision, watches from
 * the next one on, and lists again after any break. Every 30 s the number of keys and the
 * highest mod revision are compared as a safety net, together with other ranges', and the
 * range is read in full only when they differ.
 * <p>
 * Runs on the thread of the {@link EtcdConnection}.
 */
final class KeyWatch implements KeyStream.Listener {

	private static final Logger logger = LoggerFactory.getLogger(KeyWatch.class);

	private static final long RECONCILE_MILLIS = Duration.ofSeconds(30).toMillis();

	private static final int MAX_LOOKS = 5;

	private static final long REFRESH_NANOS = Duration.ofSeconds(1).toNanos();

	private final EtcdConnection etcd;

	private final ByteSequence first;

	private final ByteSequence rangeEnd;

	private final KeyReader reader;

	private final KeyWatchListener listener;

	private final RandomGenerator random;

	private final Backoff backoff;

	private SortedMap<String, KeyValue> records = new TreeMap<>();

	/** The highest mod revision applied: events up to here have been seen. */
	private long revision;

	/** The highest revision of the store that any answer named; it never goes back. */
	private long storeRevision;

	private boolean known;

	/**
	 * Comparisons in a row that differed, maybe only because events were on their way.
	 */
	private int looks;

	private long comparedNanos = System.nanoTime() - REFRESH_NANOS;

	private boolean closed;

	private boolean listing;

	private long listBeganNanos;

	private @Nullable KeyStream stream;

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
		this.reader = new KeyReader(etcd, this.first, this.rangeEnd);
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
		this.listBeganNanos = System.nanoTime();
		stopWatching();
		cancelNext();
		this.reader.read().whenComplete((content, failure) -> {
			this.listing = false;
			if (this.closed) {
				return;
			}
			if (failure == null) {
				listed(content);
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
		if (this.closed || this.listing || this.stream == null) {
			return;
		}
		long waitNanos = Math.max(0, this.comparedNanos + REFRESH_NANOS - System.nanoTime());
		next(this::compareNow, TimeUnit.NANOSECONDS.toMillis(waitNanos));
	}

	void close() {
		this.closed = true;
		stopWatching();
		cancelNext();
	}

	private void listed(KeyReader.Content content) {
		long readAt = content.revision();
		boolean reset = readAt < this.storeRevision;
		if (reset) {
			this.etcd.outage()
				.trouble("etcd's revision went back from {} to {}: the store was reset", this.storeRevision, readAt);
		}
		this.records = content.records();
		this.revision = readAt;
		this.storeRevision = readAt;
		this.known = true;
		this.looks = 0;
		// Before the listener, which may fail, is told.
		reconcileLater();
		watch();
		if (reset) {
			this.listener.onReset();
		}
		this.listener.onAnswer();
		publish();
	}

	private void listFailed(Throwable failure) {
		if (this.reader.shrinkAfter(failure)) {
			relistLater("list: too large for a message", 0);
			return;
		}
		if (EtcdErrors.isUnexpected(failure) && EtcdErrors.code(failure) != Status.Code.OUT_OF_RANGE) {
			this.etcd.outage().trouble("{} cannot be read: {}; trying again", this.first, EtcdErrors.text(failure));
		}
		// Before the listener, which may fail, is told.
		relistLater("list: " + EtcdErrors.text(failure), System.nanoTime() - this.listBeganNanos);
		if (!this.known) {
			this.listener.onUnavailable(failure);
		}
	}

	private void watch() {
		try {
			this.stream = new KeyStream(this.etcd, this.first, this.rangeEnd, this.revision + 1, this);
		}
		catch (RuntimeException | LinkageError ex) {
			onBroken(EtcdErrors.text(ex));
		}
	}

	@Override
	public void onBroken(String reason) {
		relistLater("watch: " + reason, 0);
	}

	@Override
	public void onResponse(WatchResponse response) {
		// Not as soon as a list is read: what breaks each watch must not be read at once.
		this.backoff.reset();
		long headerRevision = response.getHeader().getRevision();
		// An answer about progress may overtake events of an earlier revision.
		if (headerRevision < this.storeRevision && response.getEvents().isEmpty()) {
			relistLater("watch: the revision went back", 0);
			return;
		}
		this.storeRevision = Math.max(this.storeRevision, headerRevision);
		this.listener.onAnswer();
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
			KeyValue last = this.records.remove(KeyReader.key(record));
			if (last != null) {
				this.listener.onDeleted(last);
			}
		}
		else {
			this.records.put(KeyReader.key(record), record);
		}
		this.revision = Math.max(this.revision, record.getModRevision());
	}

	private void compareNow() {
		reconcile(this.reader.summary());
	}

	@SuppressWarnings("ReferenceEquality") // Is it still the same watch?
	private void reconcile(CompletableFuture<KeyReader.Summary> asked) {
		this.comparedNanos = System.nanoTime();
		this.next = null;
		KeyStream current = this.stream;
		long knownRevision = this.storeRevision;
		long mark = this.revision;
		asked.whenComplete((summary, failure) -> {
			// Otherwise a read has begun or is due, which is as good.
			if (current != null && current == this.stream && !this.closed) {
				if (failure != null && EtcdErrors.isSilence(failure)) {
					// The stream tells an outage; many ranges may have shared the
					// question.
					compareTogetherIn(this.backoff.nextMillis(System.nanoTime() - this.comparedNanos));
				}
				else if (failure != null || summary.storeRevision() < knownRevision) {
					list();
				}
				else if (agrees(summary)) {
					agreed();
				}
				else {
					differed(summary.storeRevision() > knownRevision || this.revision > mark);
				}
			}
		});
	}

	private void agreed() {
		this.looks = 0;
		this.listener.onAnswer();
		if (this.next == null) {
			reconcileLater();
		}
	}

	/**
	 * While events arrive, a comparison may be ahead of them, or they of it.
	 */
	private void differed(boolean changing) {
		if (changing && ++this.looks < MAX_LOOKS) {
			next(this::compareNow, TimeUnit.NANOSECONDS.toMillis(REFRESH_NANOS));
		}
		else {
			list();
		}
	}

	private void reconcileLater() {
		long jitter = this.random.nextLong(RECONCILE_MILLIS / 5);
		compareTogetherIn(RECONCILE_MILLIS - RECONCILE_MILLIS / 10 + jitter);
	}

	private void compareTogetherIn(long delayMillis) {
		next(() -> reconcile(this.etcd.summaries().ask(this.reader)), delayMillis);
	}

	/**
	 * Compares etcd's content with what the events made of it.
	 */
	private boolean agrees(KeyReader.Summary summary) {
		long newest = this.records.values().stream().mapToLong(KeyValue::getModRevision).max().orElse(0);
		return summary.count() == this.records.size() && summary.newest() == newest;
	}

	private void relistLater(String reason, long elapsedNanos) {
		stopWatching();
		long delay = this.backoff.nextMillis(elapsedNanos);
		logger.debug("{}: reading again in {} ms ({})", this.first, delay, reason);
		next(this::list, delay);
	}

	private void publish() {
		this.listener.onRecords(Collections.unmodifiableSortedMap(this.records), this.revision);
	}

	private void stopWatching() {
		if (this.stream != null) {
			this.stream.close();
			this.stream = null;
		}
		this.listener.onBroken();
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

}
