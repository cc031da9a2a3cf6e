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

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The few threads of deduplication: daemons that are there only while there is something
 * to do. Known calls are answered apart from the handlers, all of which may be busy.
 */
final class DeduplicationThreads implements AutoCloseable {

	private static final int ANSWERING = 2;

	/** With more than these waiting, known calls wait like others, or are refused. */
	private static final int MAX_WAITING = 1000;

	private static final long IDLE_SECONDS = 10;

	private final ThreadPoolExecutor answers;

	private final ScheduledThreadPoolExecutor timer;

	DeduplicationThreads() {
		this.answers = new ThreadPoolExecutor(ANSWERING, ANSWERING, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), daemons("rpc-dedup-answer"),
				// Only once they are ended, with the server: then nothing is left to
				// tell.
				new ThreadPoolExecutor.DiscardPolicy());
		this.timer = new ScheduledThreadPoolExecutor(1, daemons("rpc-dedup-timer"));
		this.answers.allowCoreThreadTimeOut(true);
		this.timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
		this.timer.allowCoreThreadTimeOut(true);
		this.timer.setRemoveOnCancelPolicy(true);
	}

	Executor answers() {
		return this.answers;
	}

	ScheduledExecutorService timer() {
		return this.timer;
	}

	/**
	 * Returns whether the current thread is one that answers, and must not run handlers.
	 */
	boolean isAnswering() {
		return Thread.currentThread() instanceof Daemon daemon && daemon.owner == this;
	}

	boolean hasRoom() {
		return this.answers.getQueue().size() < MAX_WAITING;
	}

	/**
	 * Ends the threads once they have done what they were given.
	 */
	@Override
	public void close() {
		this.timer.shutdownNow();
		this.answers.shutdown();
	}

	private ThreadFactory daemons(String name) {
		return (task) -> new Daemon(this, task, name);
	}

	private static final class Daemon extends Thread {

		private final DeduplicationThreads owner;

		Daemon(DeduplicationThreads owner, Runnable task, String name) {
			super(task, name);
			this.owner = owner;
			setDaemon(true);
		}

	}

}
