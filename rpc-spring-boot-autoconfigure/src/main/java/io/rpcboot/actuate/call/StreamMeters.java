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

package io.rpcboot.actuate.call;

import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;

/**
 * The meters of the streams of one method, on one side: how many have begun, and of those
 * that ended, by status, how long they took and what went over them.
 */
final class StreamMeters {

	private final Counter started;

	private final ByStatus<Ended> ended;

	private StreamMeters(Counter started, ByStatus<Ended> ended) {
		this.started = started;
		this.ended = ended;
	}

	/**
	 * Makes the meters of calls on a server.
	 */
	static StreamMeters ofServer(CallTags tags) {
		return new StreamMeters(tags.counter("grpc.server.call.started", "calls", "Calls that have begun"),
				new ByStatus<>((status) -> new Ended(
						tags.timer("grpc.server.call.duration", status,
								"How long calls took, from the first header to the end of the stream"),
						tags.summary("grpc.server.call.sent_total_compressed_message_size", status,
								"What the replies of a call took on the wire"),
						tags.summary("grpc.server.call.rcvd_total_compressed_message_size", status,
								"What the requests of a call took on the wire"))));
	}

	/**
	 * Makes the meters of attempts of a client.
	 */
	static StreamMeters ofAttempts(CallTags tags) {
		return new StreamMeters(tags.counter("grpc.client.attempt.started", "attempts", "Attempts that have begun"),
				new ByStatus<>((status) -> new Ended(
						tags.timer("grpc.client.attempt.duration", status,
								"How long attempts took, the choice of an instance included"),
						tags.summary("grpc.client.attempt.sent_total_compressed_message_size", status,
								"What the requests of an attempt took on the wire"),
						tags.summary("grpc.client.attempt.rcvd_total_compressed_message_size", status,
								"What the replies of an attempt took on the wire"))));
	}

	void started() {
		this.started.increment();
	}

	void ended(Status.Code code, long nanos, long sent, long received) {
		Ended meters = this.ended.get(code);
		meters.duration.record(nanos, TimeUnit.NANOSECONDS);
		meters.sent.record((double) sent);
		meters.received.record((double) received);
	}

	/**
	 * The meters of the streams that ended with one status.
	 *
	 * @param duration how long they took
	 * @param sent bytes sent
	 * @param received bytes received
	 */
	private record Ended(Timer duration, DistributionSummary sent, DistributionSummary received) {

	}

}
