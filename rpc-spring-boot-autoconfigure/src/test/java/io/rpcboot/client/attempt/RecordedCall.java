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

package io.rpcboot.client.attempt;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.client.attempt.CallReport.Reason;
import io.rpcboot.testing.echo.Pong;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Records what the caller is told of its call.
 */
final class RecordedCall extends ClientCall.Listener<Pong> {

	/** The headers, the text of each message ("message" if it has none), the code. */
	final List<String> events = new ArrayList<>();

	final List<Status> closed = new ArrayList<>();

	Metadata trailers = new Metadata();

	/** The one status that the call has ended with. */
	Status status() {
		assertThat(this.closed).hasSize(1);
		return this.closed.get(0);
	}

	/** Why the call was not sent again. */
	Reason reason() {
		CallReport report = CallReport.from(status().asRuntimeException());
		assertThat(report).isNotNull();
		assertThat(report.elapsed()).isGreaterThanOrEqualTo(Duration.ZERO);
		return report.reason();
	}

	void clear() {
		this.events.clear();
		this.closed.clear();
	}

	@Override
	public void onHeaders(Metadata headers) {
		this.events.add("headers");
	}

	@Override
	public void onMessage(Pong message) {
		this.events.add(message.getText().isEmpty() ? "message" : message.getText());
	}

	@Override
	public void onClose(Status status, Metadata newTrailers) {
		this.events.add(status.getCode().name());
		this.closed.add(status);
		this.trailers = newTrailers;
	}

}
