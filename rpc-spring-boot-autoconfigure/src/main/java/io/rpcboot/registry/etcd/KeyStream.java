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

import java.io.Closeable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchResponse;
import org.jspecify.annotations.Nullable;

/**
 * One watch of a range of keys, until the first sign of a break: then it says so, once,
 * and is over. jetcd would resume it by itself, but a watch of its that is cut right
 * after it was created loses what it had not yet been sent, one from a revision that a
 * store set back has not reached yet stays silent without an error, and one on a member
 * that is frozen does too. So it is asked for its progress at its {@link WatchPace}, and
 * is broken when it does not answer in time.
 * <p>
 * Runs on the thread of the {@link EtcdConnection}.
 */
final class KeyStream implements Closeable {

	private final EtcdConnection etcd;

	private final EtcdClient client;

	private final Listener listener;

	private final long answerMillis;

	private final Runnable question = this::ask;

	private final Watch.Watcher watcher;

	private boolean closed;

	private long heardNanos = System.nanoTime();

	/** Looks for the answer to a question, while one is due. */
	private @Nullable Future<?> check;

	/**
	 * Opens a watch.
	 * @param etcd the connection
	 * @param first the first key of the range
	 * @param end the end of the range, exclusive
	 * @param revision the first revision of interest
	 * @param listener is told what happens
	 * @throws RuntimeException if jetcd cannot
	 */
	KeyStream(EtcdConnection etcd, ByteSequence first, ByteSequence end, long revision, Listener listener) {
		this.etcd = etcd;
		this.client = etcd.client();
		this.listener = listener;
		this.answerMillis = Math.min(etcd.watches().roundMillis(), etcd.settings().requestTimeout().toMillis());
		WatchOption option = WatchOption.builder()
			.withRange(end)
			.withRevision(revision)
			.withRequireLeader(true)
			.withCreateNotify(true)
			.build();
		this.watcher = this.client.jetcd()
			.getWatchClient()
			.watch(first, option, Watch.listener((response) -> hop(() -> heard(response)),
					(failure) -> hop(() -> broken(EtcdErrors.text(failure))), () -> hop(() -> broken("ended"))));
		etcd.watches().opened(this.question);
	}

	@Override
	public void close() {
		this.closed = true;
		this.etcd.watches().closed(this.question);
		if (this.check != null) {
			this.check.cancel(false);
		}
		this.watcher.close();
	}

	private void hop(Runnable task) {
		this.etcd.execute(() -> {
			if (!this.closed) {
				task.run();
			}
		});
	}

	private void heard(WatchResponse response) {
		this.heardNanos = System.nanoTime();
		this.etcd.liveness().answered();
		this.listener.onResponse(response);
	}

	private void broken(String reason) {
		close();
		this.listener.onBroken(reason);
	}

	private void ask() {
		if (this.check == null) {
			long askedNanos = System.nanoTime();
			this.watcher.requestProgress();
			this.check = this.etcd.schedule(() -> check(askedNanos), this.answerMillis);
		}
	}

	private void check(long askedNanos) {
		this.check = null;
		if (this.heardNanos - askedNanos >= 0) {
			return;
		}
		this.etcd.silent(this.client, askedNanos);
		if (!this.closed) {
			broken("silent for " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.heardNanos) + " ms");
		}
	}

	/**
	 * Is told what a watch says.
	 */
	interface Listener {

		/**
		 * Receives a response, which may hold no event.
		 * @param response the response
		 */
		void onResponse(WatchResponse response);

		/**
		 * Is told that the watch has ended; nothing follows.
		 * @param reason why, in words
		 */
		void onBroken(String reason);

	}

}
