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

package io.rpcboot.benchmarks.scale;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import io.rpcboot.benchmarks.driver.Fields;

/**
 * Measures one server with many services, alone. Ends the run when its record does not
 * name all of them, or one does not serve.
 */
final class ServicesMeasurement extends Column {

	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

	private static final long POLL_MILLIS = 5;

	private final ScaleOptions options;

	private final Application application;

	private final DrivenProcess process;

	ServicesMeasurement(ScaleOptions options, int size, Application application, DrivenProcess process) {
		super(Mode.SERVICES, size);
		this.options = options;
		this.application = application;
		this.process = process;
	}

	/**
	 * Waits until the record is in etcd, and asks for the health of each service.
	 * @param startedNanos when the process was started
	 * @throws InterruptedException if interrupted
	 */
	void register(long startedNanos) throws InterruptedException {
		set(Figure.STARTED, (System.nanoTime() - startedNanos) / 1e9);
		List<String> content = this.application.content();
		while (content.isEmpty() && System.nanoTime() - startedNanos < PATIENCE_NANOS) {
			Thread.sleep(POLL_MILLIS);
			content = this.application.content();
		}
		set(Figure.REGISTERED, (System.nanoTime() - startedNanos) / 1e9);
		check(content.size() == 1, content.size() + " records (expected: one)");
		String json = content.get(0);
		set(Figure.RECORD_BYTES, json.length());
		for (int i = 0; i < size(); i++) {
			check(json.contains('"' + Services.name(i) + '"'), "the record does not name " + Services.name(i));
		}
		serve((int) this.process.ask("PORT").number("port"));
	}

	private void serve(int port) {
		ManagedChannel channel = Grpc
			.newChannelBuilderForAddress("127.0.0.1", port, InsecureChannelCredentials.create())
			.build();
		HealthBlockingStub health = HealthGrpc.newBlockingStub(channel).withDeadlineAfter(1, TimeUnit.MINUTES);
		for (int i = 0; i < size(); i++) {
			ServingStatus status = health.check(HealthCheckRequest.newBuilder().setService(Services.name(i)).build())
				.getStatus();
			check(status == ServingStatus.SERVING, Services.name(i) + " is " + status);
		}
		channel.shutdownNow();
	}

	/**
	 * Takes memory and threads, and lets nothing happen.
	 * @throws IOException if etcd does not answer
	 * @throws InterruptedException if interrupted
	 */
	void rest() throws IOException, InterruptedException {
		Fields heap = this.process.ask("HEAP");
		set(Figure.HEAP, heap.number("heap") / 1024.0 / 1024.0);
		set(Figure.RSS, heap.number("rss") / 1024.0);
		set(Figure.THREADS, (double) heap.number("threads"));
		ReferencesMeasurement.rested(this, ReferencesMeasurement.rest(this.process, this.options));
	}

}
