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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallEvents}.
 */
class CallEventsTests {

	private final List<String> log = new ArrayList<>();

	private final CallEvents events = new CallEvents(Runnable::run);

	@Test
	void whenTheCallHasAQueueThenTasksRunInIt() {
		this.events.execute(new Queue());
		this.events.executeInOrder(() -> this.log.add("task"));
		assertThat(this.log).containsExactly("queued", "task");
	}

	@Test
	void whileTheCallIsOpenedThenTasksWaitAndTheQueueIsKept() {
		this.events.execute(new Queue());
		this.events.execute(() -> {
			this.events.executeInOrder(() -> this.log.add("first"));
			this.events.executeInOrder(() -> this.log.add("second"));
			this.log.add("opening");
		});
		this.events.executeInOrder(() -> this.log.add("third"));
		assertThat(this.log).containsExactly("opening", "queued", "first", "queued", "second", "queued", "third");
	}

	/** gRPC's serial queue, as far as it matters here. */
	private final class Queue implements Executor, Runnable {

		@Override
		public void execute(Runnable task) {
			CallEventsTests.this.log.add("queued");
			task.run();
		}

		@Override
		public void run() {
			// There is nothing in it.
		}

	}

}
