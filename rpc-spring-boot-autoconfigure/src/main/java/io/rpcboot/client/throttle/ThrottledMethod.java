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

package io.rpcboot.client.throttle;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The throttle of one method of one application, with what it tells people.
 */
final class ThrottledMethod {

	private static final Logger logger = LoggerFactory.getLogger(ThrottledMethod.class);

	private final String application;

	private final String method;

	private final ThrottleRule rule;

	private final ClientThrottle throttle;

	private final LongAdder dropped;

	/** When the latest call was dropped; 0 while none is. */
	private final AtomicLong episode = new AtomicLong();

	ThrottledMethod(String application, String method, ThrottleRule rule, ClientThrottle throttle, LongAdder dropped) {
		this.dropped = dropped;
		this.application = application;
		this.method = method;
		this.rule = rule;
		this.throttle = throttle;
	}

	/**
	 * Decides about a call.
	 * @return whether to send it
	 */
	boolean admit() {
		if (this.throttle.admit()) {
			if (this.episode.get() != 0 && this.throttle.probability() <= 0) {
				onEnd();
			}
			return true;
		}
		this.dropped.increment();
		if (this.episode.getAndIncrement() == 0) {
			logger.warn("{}: {}", text(), this.rule.dryRun() ? "would be dropped" : "dropped");
		}
		return this.rule.dryRun();
	}

	/**
	 * Counts how a call ended that was sent: failed are UNAVAILABLE, DEADLINE_EXCEEDED,
	 * INTERNAL and UNKNOWN, and RESOURCE_EXHAUSTED where the server refused it for
	 * overload. What the caller cancelled says nothing; everything else is an answer.
	 */
	void onEnd(Status status, Metadata trailers) {
		switch (status.getCode()) {
			case CANCELLED -> {
			}
			case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN -> this.throttle.onEnd(false);
			case RESOURCE_EXHAUSTED -> this.throttle.onEnd(!trailers.containsKey(RpcMetadata.NOT_EXECUTED));
			default -> this.throttle.onEnd(true);
		}
	}

	/**
	 * Returns how a call ends that is not sent.
	 */
	Status refusal() {
		return Status.UNAVAILABLE.withDescription(text() + ": not sent");
	}

	private void onEnd() {
		long dropped = this.episode.getAndSet(0);
		if (dropped != 0) {
			logger.info("Calls of {} to {} are answered again; {} {}", this.method, this.application, dropped,
					this.rule.dryRun() ? "would have been dropped" : "were dropped");
		}
	}

	private String text() {
		return "Calls of " + this.method + " to " + this.application + " are throttled, as " + this.throttle.accepts()
				+ " of " + this.throttle.requests() + " were answered in the last " + this.rule.window().toSeconds()
				+ " s (" + this.rule.origin() + ", k: " + this.rule.k() + ")";
	}

}
