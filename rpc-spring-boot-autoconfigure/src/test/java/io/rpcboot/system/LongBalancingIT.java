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

import io.grpc.Status;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.PacedCalls;
import io.rpcboot.testing.PacedCalls.Call;
import io.rpcboot.testing.ProcessSignals;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.etcd.EtcdServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What takes long, run by {@code mvn -Pfaults}: one of three processes is slow, or fails
 * in the other way, or stands still for longer than its lease and comes back.
 */
@Tag("faults")
class LongBalancingIT extends AbstractBalancingTests {

	private static final Duration FREEZE = Duration.ofSeconds(30);

	/**
	 * A call that ran into its timeout of one second is charged with up to two, which a
	 * time constant of 10 s brings down to the 20 ms of the others in 46 s. 30 of them
	 * have passed.
	 */
	private static final Duration USED_AGAIN = Duration.ofSeconds(30);

	/** Calls begun until the age of the first that hangs is above the others' latency. */
	private static final int PROBES = 10;

	private static final int P2C = 0;

	private static final int ROUND_ROBIN = 1;

	LongBalancingIT(EtcdServer etcd) {
		super(etcd);
	}

	/**
	 * Both policies are called by the same caller over the same time. Each has a consumer
	 * of its own: in one, p2c would learn from the calls of the other.
	 */
	@Test
	void whenOneOfThreeIsTwentyTimesSlowerThenP99OfP2cIsAFifthOfRoundRobin() {
		EchoGrpc.EchoStub p2c = this.processes.consumer("rpc.client.defaults.load-balancing=p2c");
		EchoGrpc.EchoStub roundRobin = this.processes.consumer("rpc.client.defaults.load-balancing=round_robin");
		try (PacedCalls calls = PacedCalls.start(Duration.ofMillis(10), () -> p2c, () -> roundRobin)) {
			// p2c remembers for 10 s how slow the first calls of a JVM are.
			Measured.pass(Duration.ofSeconds(10));
			this.processes.slow(ILL, 20 * SERVICE_MILLIS);
			long slowed = System.nanoTime();
			Measured.pass(Duration.ofSeconds(25));
			List<Call> all = calls.stop().stream().filter((call) -> call.began() >= slowed).toList();
			List<Call> byP2c = of(P2C, all);
			List<Call> byRoundRobin = of(ROUND_ROBIN, all);
			long p2cMicros = p99Micros(byP2c);
			long roundRobinMicros = p99Micros(byRoundRobin);
			Measured.note("one of three 20 times slower: p99 " + p2cMicros + " us with p2c (" + answers(byP2c) + " of "
					+ byP2c.size() + " calls by the slow one), " + roundRobinMicros + " us with round_robin ("
					+ answers(byRoundRobin) + " of " + byRoundRobin.size() + ")");
			assertThat(failures(all)).as("failed calls").isZero();
			assertThat(byP2c).as("calls").hasSizeGreaterThan(2000);
			assertThat(p2cMicros).as("p99 with p2c, in microseconds").isLessThanOrEqualTo(roundRobinMicros / 5);
		}
	}

	@Test
	void whenOneOfThreeFailsEveryCallAsInternalThenUnderOnePercentFailAfterTwoSeconds() {
		blackHole(Status.Code.INTERNAL);
	}

	@Test
	void whenOneOfThreeIsFrozenThenOnlyCallsInFlightTimeOutAndItIsUsedAgainAfterIt() {
		Process ill = this.processes.process(ILL);
		try (PacedCalls calls = call(200, this.processes.consumer("rpc.client.defaults.timeout=1s"))) {
			int inFlight = calls.inFlight();
			ProcessSignals.freeze(ill);
			Measured.pass(FREEZE);
			ProcessSignals.thaw(ill);
			long thawed = System.nanoTime();
			Measured.within(USED_AGAIN, "used again after being frozen for " + FREEZE.toSeconds() + " s",
					() -> calls.answersSince(thawed, ILL) > 10);
			List<Call> all = calls.stop();
			List<Call> failed = all.stream().filter((call) -> !call.isAnswered()).toList();
			Measured.note("one of three frozen: " + failed.size() + " of " + all.size() + " calls failed, " + inFlight
					+ " were in flight");
			assertThat(failed).hasSizeLessThanOrEqualTo(inFlight + PROBES)
				.allSatisfy((call) -> assertThat(call.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
			assertThat(all).hasSizeGreaterThan(5000);
		}
		finally {
			ProcessSignals.thaw(ill);
		}
	}

	private static List<Call> of(int target, List<Call> calls) {
		return calls.stream().filter((call) -> call.target() == target).toList();
	}

	private static long answers(List<Call> calls) {
		return calls.stream().filter((call) -> call.server().equals(ILL)).count();
	}

}
