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

package io.rpcboot.server;

import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.netty.shaded.io.netty.util.concurrent.FastThreadLocalThread;
import org.jspecify.annotations.Nullable;

/**
 * The thread of an event loop, which tells other threads what non-blocking service it
 * runs at the moment. Telling costs three ordered writes a task, and no allocation.
 */
final class LoopThread extends FastThreadLocalThread {

	private final AtomicReference<@Nullable String> service = new AtomicReference<>();

	private final AtomicLong tasks = new AtomicLong();

	LoopThread(Runnable task, String name) {
		super(task, name);
		setDaemon(true);
	}

	/**
	 * Makes what runs the events of a non-blocking service, at once and on the thread
	 * that gives them.
	 */
	static Executor executor(String service) {
		return (task) -> {
			if (Thread.currentThread() instanceof LoopThread loop) {
				loop.run(service, task);
			}
			else {
				task.run();
			}
		};
	}

	private void run(String newService, Runnable task) {
		// One task may begin another, of another call.
		String outer = this.service.getPlain();
		this.tasks.setRelease(this.tasks.getPlain() + 1);
		this.service.setRelease(newService);
		try {
			task.run();
		}
		finally {
			this.service.setRelease(outer);
		}
	}

	/**
	 * Returns how many tasks of non-blocking services have begun here.
	 */
	long tasks() {
		return this.tasks.getAcquire();
	}

	/**
	 * Looks at what this thread does.
	 * @return what it does; {@code null} if it runs no non-blocking service, or another
	 * task than a moment ago
	 */
	@Nullable LoopSample sample(ThreadMXBean threads, long nanoTime) {
		String current = this.service.getAcquire();
		long task = this.tasks.getAcquire();
		if (current == null) {
			return null;
		}
		ThreadInfo info = threads.getThreadInfo(getId(), Integer.MAX_VALUE);
		long cpuNanos = threads.isThreadCpuTimeSupported() ? threads.getThreadCpuTime(getId()) : -1;
		boolean same = task == this.tasks.getAcquire() && current.equals(this.service.getAcquire());
		if (info == null || !same) {
			return null;
		}
		return new LoopSample(current, task, getName(), info.getThreadState(), ofService(info.getStackTrace()),
				cpuNanos, nanoTime);
	}

	/**
	 * Leaves out how the event loop got to the service.
	 */
	private static List<StackTraceElement> ofService(StackTraceElement[] stack) {
		List<StackTraceElement> frames = Arrays.asList(stack);
		for (int i = 0; i < stack.length; i++) {
			if (stack[i].getClassName().equals(LoopThread.class.getName())) {
				return List.copyOf(frames.subList(0, i + 1));
			}
		}
		return List.copyOf(frames);
	}

}
