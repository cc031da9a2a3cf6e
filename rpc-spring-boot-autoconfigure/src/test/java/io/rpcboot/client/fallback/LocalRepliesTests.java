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

package io.rpcboot.client.fallback;

import java.util.ArrayList;
import java.util.List;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link LocalReplies} keeps and passes on.
 */
class LocalRepliesTests {

	private static final int MANY = 40;

	private final List<String> events = new ArrayList<>();

	private final LocalReplies<Integer> replies = new LocalReplies<>(new ClientCall.Listener<>() {
		@Override
		public void onMessage(Integer message) {
			LocalRepliesTests.this.events.add("" + message);
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			LocalRepliesTests.this.events.add(status.getCode().name());
		}
	}, () -> {
	}, (cancelled) -> {
	});

	@Test
	void noMoreIsPassedOnThanWasAskedFor() {
		send();
		assertThat(this.replies.isReady()).isFalse();
		this.replies.request(2);
		assertThat(this.events).containsExactly("0", "1");
		this.replies.request(MANY);
		this.replies.close(Status.OK, new Metadata());
		assertThat(this.replies.isReady()).isTrue();
		assertThat(this.events).hasSize(MANY + 1).endsWith("OK");
	}

	@Test
	void whenAnErrorOvertakesMessagesThenTheyAreNotKept() {
		send();
		this.replies.close(Status.INTERNAL, new Metadata());
		assertThat(this.replies.isReady()).as("nothing waits").isTrue();
		assertThat(this.events).containsExactly("INTERNAL");
	}

	@Test
	void whenTheCallHasEndedThenLaterMessagesAreNotKept() {
		this.replies.close(Status.OK, new Metadata());
		send();
		assertThat(this.replies.isReady()).as("nothing waits").isTrue();
		this.replies.request(1);
		assertThat(this.events).containsExactly("OK");
	}

	private void send() {
		for (int i = 0; i < MANY; i++) {
			this.replies.message(i);
		}
	}

}
