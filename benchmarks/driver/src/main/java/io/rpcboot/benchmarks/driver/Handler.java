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

package io.rpcboot.benchmarks.driver;

import java.util.concurrent.atomic.LongAdder;

import io.rpcboot.benchmarks.v1.Message;

/**
 * What handlers do, whatever serves them.
 */
public final class Handler {

	private final LongAdder received = new LongAdder();

	private final LongAdder replied = new LongAdder();

	/**
	 * Answers a request, after as long a sleep as it asks for.
	 * @param request the request
	 * @return the reply
	 */
	public Message reply(Message request) {
		this.replied.increment();
		if (request.getSleepMillis() > 0) {
			sleep(request.getSleepMillis());
		}
		return Message.newBuilder().setPayload(request.getPayload()).build();
	}

	/**
	 * Counts a message of a stream from the client.
	 */
	public void receive() {
		this.received.increment();
	}

	long received() {
		return this.received.sum();
	}

	/**
	 * Returns how many calls and messages were handled.
	 */
	long handled() {
		return this.received.sum() + this.replied.sum();
	}

	private static void sleep(int millis) {
		try {
			Thread.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
