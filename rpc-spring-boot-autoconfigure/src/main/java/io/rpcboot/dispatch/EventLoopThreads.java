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

package io.rpcboot.dispatch;

import io.grpc.netty.shaded.io.netty.util.concurrent.FastThreadLocalThread;

/**
 * Knows which threads must not wait, because the work of many depends on them: event
 * loops of gRPC's Netty, and of any other by name, as Netty may not be on the class path.
 */
final class EventLoopThreads {

	private static final ClassValue<Boolean> FORBIDDEN = new ClassValue<>() {
		@Override
		protected Boolean computeValue(Class<?> type) {
			return isEventLoop(type);
		}
	};

	private EventLoopThreads() {
	}

	/**
	 * Tells whether the current thread is one of them.
	 */
	static boolean isCurrent() {
		return FORBIDDEN.get(Thread.currentThread().getClass());
	}

	private static boolean isEventLoop(Class<?> type) {
		if (FastThreadLocalThread.class.isAssignableFrom(type)) {
			return true;
		}
		for (Class<?> current = type; current != null; current = current.getSuperclass()) {
			if (current.getName().equals("io.netty.util.concurrent.FastThreadLocalThread")) {
				return true;
			}
			for (Class<?> marker : current.getInterfaces()) {
				if (marker.getName().equals("reactor.core.scheduler.NonBlocking")) {
					return true;
				}
			}
		}
		return false;
	}

}
