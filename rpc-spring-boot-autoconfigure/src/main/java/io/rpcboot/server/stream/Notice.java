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

package io.rpcboot.server.stream;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

import io.rpcboot.dispatch.WriteWindow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The notice of one stream.
 */
final class Notice implements StreamNotice {

	private static final Logger logger = LoggerFactory.getLogger(StreamGuard.class);

	private final Map<Reason, Runnable> actions = new EnumMap<>(Reason.class);

	private final Set<Reason> given = EnumSet.noneOf(Reason.class);

	@Override
	public synchronized boolean isGiven(Reason reason) {
		return this.given.contains(reason);
	}

	@Override
	public void onNotice(Reason reason, @Nullable Runnable action) {
		synchronized (this) {
			if (action == null) {
				this.actions.remove(reason);
				return;
			}
			if (!this.given.contains(reason)) {
				this.actions.put(reason, action);
				return;
			}
		}
		run(reason, action);
	}

	/**
	 * Gives the notice; a second time for the same reason does nothing.
	 */
	void give(Reason reason) {
		@Nullable Runnable action;
		synchronized (this) {
			if (!this.given.add(reason)) {
				return;
			}
			action = this.actions.remove(reason);
		}
		if (action != null) {
			run(reason, action);
		}
	}

	private static void run(Reason reason, Runnable action) {
		try {
			WriteWindow.runUnbounded(action);
		}
		catch (RuntimeException | Error ex) {
			logger.error("The action of a stream on the notice {} failed", reason, ex);
		}
	}

}
