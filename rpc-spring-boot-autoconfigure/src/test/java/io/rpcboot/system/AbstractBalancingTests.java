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

package io.rpcboot.system;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.PacedCalls;
import io.rpcboot.testing.PacedCalls.Call;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three providers, each a process in a real etcd, of which one is not well, and what a
 * consumer's calls feel of it. They sleep their service time, which is long beside what a
 * busy machine adds.
 */
@EtcdTest
abstract class AbstractBalancingTests {

	static final int SERVICE_MILLIS = 20;

	static final String ILL = "ill";

	static final List<String> WELL = List.of("one", "two");

	final EchoProcesses processes;

	AbstractBalancingTests(EtcdServer etcd) {
		this.processes = new EchoProcesses(etcd);
	}

	@BeforeEach
	void startProviders() {
		this.processes.start(WELL.get(0), ILL, WELL.get(1));
		WELL.forEach((name) -> this.processes.slow(name, SERVICE_MILLIS));
		this.processes.slow(ILL, SERVICE_MILLIS);
	}

	@AfterEach
	void endProcesses() {
		this.processes.close();
	}

	/** Begins to call at a rate, and returns when each provider has answered. */
	static PacedCalls call(int perSecond, EchoGrpc.EchoStub echo) {
		PacedCalls calls = PacedCalls.start(Duration.ofSeconds(1).dividedBy(perSecond), () -> echo);
		WELL.forEach(calls::awaitAnswerOf);
		calls.awaitAnswerOf(ILL);
		return calls;
	}

	/**
	 * The default policy, without retries, and a provider that fails every call at once:
	 * who fails fast would look like the fastest.
	 */
	final void blackHole(Status.Code code) {
		Duration settling = Duration.ofSeconds(2);
		try (PacedCalls calls = call(300, this.processes.consumer())) {
			long fault = System.nanoTime();
			this.processes.fail(ILL, code);
			Measured.pass(settling.plusSeconds(8));
			List<Call> all = calls.stop();
			long settled = fault + settling.toNanos();
			List<Call> later = all.stream().filter((call) -> call.began() >= settled).toList();
			long failures = failures(all);
			long laterFailures = failures(later);
			Measured.note("black hole with " + code + ": " + failures + " failures, " + laterFailures + " of "
					+ later.size() + " calls begun later than " + settling.toSeconds() + " s");
			assertThat(failures).as("failures: the black hole was called").isPositive();
			assertThat(later).as("calls after two seconds").hasSizeGreaterThan(2000);
			assertThat(laterFailures).as("failures after two seconds").isLessThan(later.size() / 100);
		}
	}

	static long failures(List<Call> calls) {
		return calls.stream().filter((call) -> !call.isAnswered()).count();
	}

	/** Returns the time in microseconds within which 99 of 100 calls have ended. */
	static long p99Micros(List<Call> calls) {
		List<Long> sorted = calls.stream().map(Call::nanos).sorted().toList();
		return TimeUnit.NANOSECONDS.toMicros(sorted.get(sorted.size() * 99 / 100));
	}

}
