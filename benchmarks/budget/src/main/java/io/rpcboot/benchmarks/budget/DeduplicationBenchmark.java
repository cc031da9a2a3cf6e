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

package io.rpcboot.benchmarks.budget;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.server.dedup.DeduplicationStore;
import io.rpcboot.server.dedup.RecordedCall;
import io.rpcboot.server.dedup.RequestKey;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The store of deduplicated calls, in memory and full.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DeduplicationBenchmark {

	private static final long MAX_BYTES = 64L << 20;

	private final DeduplicationStore store = DeduplicationStore.inMemory(MAX_BYTES, Duration.ofSeconds(60));

	private final RecordedCall answer = new RecordedCall("f", new Metadata(), ByteString.copyFrom(new byte[102]),
			Status.OK, new Metadata());

	private final RequestKey unknown = new RequestKey("bench-client", "client", "unknown");

	private long number;

	/**
	 * Looks for a call that was not there yet.
	 * @return whether it was
	 */
	@Benchmark
	public boolean look() {
		return this.store.isKnown(this.unknown);
	}

	/**
	 * Records a call.
	 * @return its key
	 */
	@Benchmark
	public RequestKey record() {
		RequestKey key = new RequestKey("bench-client", "client", Long.toString(this.number++));
		this.store.record(key, this.answer, Duration.ZERO);
		return key;
	}

}
