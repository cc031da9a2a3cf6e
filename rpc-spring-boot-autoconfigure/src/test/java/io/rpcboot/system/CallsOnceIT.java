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

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.client.RpcReference;
import io.rpcboot.client.attempt.CallReport;
import io.rpcboot.testing.ChildJvm;
import io.rpcboot.testing.LoopbackPorts;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.TcpProxy;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What cannot be taken back happens once: calls whose executions are written down, while
 * connections are cut at random moments, providers are restarted and etcd is restarted.
 */
@EtcdTest
@Tag("faults")
class CallsOnceIT {

	private static final int CALLS = 100_000;

	private static final int UNDISTURBED = 5_000;

	/**
	 * Far above what is usual, so that calls that wait for an instance hold up no others.
	 */
	private static final int IN_FLIGHT = 1_000;

	private static final long PAUSE_NANOS = 300_000;

	private static final int PROVIDERS = 3;

	/** How long the longest calls work. */
	private static final int MOST_MILLIS = 40;

	private static final String METHOD = "rpc.client.references.[counting].methods.[rpc.testing.Echo/Unary].";

	private static final Pattern REGISTERED = Pattern.compile("Registered counting.* as \\S+/(\\S+) with lease");

	private static final Pattern FIRST_SENT_TO = Pattern.compile("whose first was sent \\d+ ms before to '([^']+)'");

	@TempDir
	private Path directory;

	private final Random random = new Random(20_261_121);

	private final EtcdServer etcd;

	CallsOnceIT(EtcdServer etcd) {
		this.etcd = etcd;
	}

	@Test
	void whenProvidersAreRestartedThenADeduplicatedCallRunsOnceAndIsAnswered() throws Exception {
		Outcome outcome = run(true, false);
		outcome.nothingRanTwice();
		outcome.everyAnswerIsRight();
		outcome.onlyCallsOfEndedProcessesAreUnanswered();
		outcome.note("deduplicated, SIGTERM");
	}

	@Test
	void whenProvidersAreKilledThenADeduplicatedCallRunsOnce() throws Exception {
		Outcome outcome = run(true, true);
		outcome.nothingRanTwice();
		outcome.everyAnswerIsRight();
		outcome.onlyCallsOfEndedProcessesAreUnanswered();
		outcome.note("deduplicated, kill -9");
	}

	@Test
	void whenCallsAreNotDeduplicatedThenNoneRunsTwiceAndOnlyThoseFailThatMayHaveRun() throws Exception {
		Outcome outcome = run(false, false);
		outcome.nothingRanTwice();
		outcome.everyAnswerIsRight();
		outcome.onlyCallsThatMayHaveRunAreUnanswered();
		outcome.note("not deduplicated, SIGTERM");
	}

	private Outcome run(boolean deduplicated, boolean kill) throws Exception {
		Path effects = Files.createFile(this.directory.resolve("effects"));
		List<Provider> providers = new ArrayList<>();
		Outcome outcome = new Outcome(effects);
		try {
			for (int i = 0; i < PROVIDERS; i++) {
				providers.add(new Provider(i, outcome, deduplicated));
			}
			providers.forEach(Provider::awaitRegistered);
			try (ConfigurableApplicationContext consumer = RpcApplications.run(Consumer.class,
					"spring.application.name=consumer", "rpc.registry.etcd.endpoints=" + this.etcd.endpoint(),
					METHOD + "deduplicated=" + deduplicated, METHOD + "timeout=20s",
					METHOD + "retry.max-attempts=10")) {
				load(consumer.getBean(EchoGrpc.EchoStub.class), outcome, providers, kill);
			}
		}
		finally {
			providers.forEach(Provider::close);
		}
		outcome.readEffects();
		return outcome;
	}

	/**
	 * Calls bring the budget that retries take, so some are made before anything breaks.
	 */
	private void load(EchoGrpc.EchoStub echo, Outcome outcome, List<Provider> providers, boolean kill)
			throws InterruptedException {
		Semaphore permits = new Semaphore(IN_FLIGHT);
		call(echo, outcome, permits, 0, UNDISTURBED);
		AtomicBoolean over = new AtomicBoolean();
		Random ofCuts = new Random(this.random.nextLong());
		Thread cuts = start("cuts", over, () -> {
			providers.get(ofCuts.nextInt(PROVIDERS)).breakConnections(ofCuts);
			outcome.cuts.incrementAndGet();
			Measured.pass(Duration.ofMillis(ofCuts.nextInt(50, 500)));
		});
		Random ofEnds = new Random(this.random.nextLong());
		Thread ends = start("ends", over, () -> {
			Provider provider = providers.get(ofEnds.nextInt(PROVIDERS));
			provider.restart(kill);
			if (ofEnds.nextInt(3) == 0) {
				this.etcd.restart();
			}
		});
		call(echo, outcome, permits, UNDISTURBED, CALLS);
		over.set(true);
		cuts.join();
		ends.join();
	}

	private static void call(EchoGrpc.EchoStub echo, Outcome outcome, Semaphore permits, int from, int to)
			throws InterruptedException {
		for (int call = from; call < to; call++) {
			permits.acquire();
			LockSupport.parkNanos(PAUSE_NANOS);
			outcome.call(echo, "call-" + call, call % MOST_MILLIS, permits);
		}
		permits.acquire(IN_FLIGHT);
		permits.release(IN_FLIGHT);
	}

	private static Thread start(String name, AtomicBoolean over, Step step) {
		Thread thread = new Thread(() -> {
			try {
				while (!over.get()) {
					step.run();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, name);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	/** What is done again and again. */
	private interface Step {

		void run() throws InterruptedException;

	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		@Bean
		EchoGrpc.EchoStub echo(@RpcReference("counting") EchoGrpc.EchoStub echo) {
			return echo;
		}

	}

	/**
	 * A provider behind a proxy, and its successors on the same port.
	 */
	private final class Provider implements AutoCloseable {

		private final int number;

		private final int port = LoopbackPorts.free();

		private final TcpProxy proxy = new TcpProxy(URI.create("http://127.0.0.1:" + this.port));

		private final boolean deduplicated;

		private final Outcome outcome;

		private int generation;

		private ChildJvm process;

		Provider(int number, Outcome outcome, boolean deduplicated) {
			this.number = number;
			this.outcome = outcome;
			this.deduplicated = deduplicated;
			this.process = start();
		}

		private ChildJvm start() {
			List<String> properties = new ArrayList<>(List.of("spring.application.name=counting",
					"counting.name=" + name(), "counting.file=" + this.outcome.file, "rpc.server.port=" + this.port,
					"rpc.server.advertised.host=127.0.0.1",
					"rpc.server.advertised.port=" + this.proxy.endpoint().getPort(), "rpc.registry.etcd.lease-ttl=5s",
					"rpc.registry.etcd.endpoints=" + CallsOnceIT.this.etcd.endpoint()));
			if (this.deduplicated) {
				properties.add("rpc.server.deduplication.methods=rpc.testing.Echo/Unary");
			}
			return ChildJvm.start(CountingProvider.class, properties);
		}

		void awaitRegistered() {
			this.process.awaitLine("Registered counting");
			for (String line : this.process.lines()) {
				Matcher registered = REGISTERED.matcher(line);
				if (registered.find()) {
					this.outcome.names.put(registered.group(1), name());
				}
			}
		}

		/**
		 * Before, during and after the work of the server: whenever that many bytes have
		 * come back, or now.
		 */
		void breakConnections(Random how) {
			switch (how.nextInt(3)) {
				case 0 -> this.proxy.cut();
				case 1 -> this.proxy.reset();
				default -> this.proxy.cutAfter(how.nextInt(1, 2000));
			}
		}

		/**
		 * The name of the process: a new one is another.
		 */
		private String name() {
			return this.number + "." + this.generation;
		}

		void restart(boolean kill) throws InterruptedException {
			this.outcome.ends.put(name(), System.nanoTime());
			if (kill) {
				this.process.process().destroyForcibly().waitFor();
			}
			else {
				assertThat(this.process.terminate()).as("exit code of SIGTERM").isEqualTo(143);
			}
			this.generation++;
			this.process = start();
			awaitRegistered();
		}

		@Override
		public void close() {
			this.process.close();
			this.proxy.close();
		}

	}

	/**
	 * A call that got no answer.
	 *
	 * @param ended when it ended
	 * @param status how
	 */
	private record Failure(long ended, Status status) {

		boolean saysThatItMayHaveRun() {
			return (this.status.getCode() == Status.Code.UNAVAILABLE || this.status.getCode() == Status.Code.ABORTED)
					&& String.valueOf(this.status.getDescription()).contains("may have run");
		}

		/**
		 * Returns the instance where the call may have run first: by the report of the
		 * call or, if a server knew that no attempt was to be made, by its answer.
		 */
		String sentTo() {
			CallReport report = CallReport.from(this.status.asRuntimeException());
			if (report != null) {
				return report.attempts()
					.stream()
					.filter(CallReport.Attempt::mayHaveRun)
					.map((attempt) -> String.valueOf(attempt.instance()))
					.findFirst()
					.orElseThrow();
			}
			Matcher first = FIRST_SENT_TO.matcher(String.valueOf(this.status.getDescription()));
			assertThat(first.find()).as("an instance is named by %s", this.status).isTrue();
			return first.group(1);
		}

	}

	/**
	 * What became of the calls, against what was done.
	 */
	private static final class Outcome {

		private final Path file;

		private final Map<String, String> answers = new ConcurrentHashMap<>();

		private final Map<String, Failure> failures = new ConcurrentHashMap<>();

		private final Map<String, List<String>> effects = new HashMap<>();

		private final AtomicInteger cuts = new AtomicInteger();

		/** Of the processes, by the ids of their instances. */
		private final Map<String, String> names = new ConcurrentHashMap<>();

		/** When processes were told to end, by their names. */
		private final Map<String, Long> ends = new ConcurrentHashMap<>();

		Outcome(Path file) {
			this.file = file;
		}

		void call(EchoGrpc.EchoStub echo, String text, int millis, Semaphore permits) {
			echo.unary(Ping.newBuilder().setText(text).setCount(millis).build(), new StreamObserver<>() {

				private final List<String> messages = new ArrayList<>(1);

				@Override
				public void onNext(Pong pong) {
					this.messages.add(pong.getText());
				}

				@Override
				public void onError(Throwable ex) {
					Outcome.this.failures.put(text, new Failure(System.nanoTime(), Status.fromThrowable(ex)));
					permits.release();
				}

				@Override
				public void onCompleted() {
					Outcome.this.answers.put(text, String.join(" and ", this.messages));
					permits.release();
				}
			});
		}

		void readEffects() throws IOException {
			for (String effect : Files.readAllLines(this.file)) {
				this.effects.computeIfAbsent(effect.substring(0, effect.indexOf(' ')), (text) -> new ArrayList<>())
					.add(effect);
			}
		}

		void nothingRanTwice() {
			assertThat(this.effects.values()).as("executions of one call").allMatch((done) -> done.size() == 1);
		}

		void everyAnswerIsRight() {
			assertThat(this.answers.size() + this.failures.size()).as("answers and failures").isEqualTo(CALLS);
			this.answers.forEach((text, answer) -> assertThat(this.effects.get(text)).containsExactly(answer));
		}

		void onlyCallsThatMayHaveRunAreUnanswered() {
			assertThat(this.failures.values()).allMatch(Failure::saysThatItMayHaveRun);
		}

		/**
		 * The process that ran the call was told to end before the call was given up. Of
		 * a call that no process ran, the one that it was sent to was.
		 */
		void onlyCallsOfEndedProcessesAreUnanswered() {
			onlyCallsThatMayHaveRunAreUnanswered();
			this.failures.forEach((text, failure) -> {
				List<String> done = this.effects.get(text);
				String process = (done != null) ? done.get(0).split(" ")[1] : this.names.get(failure.sentTo());
				assertThat(this.ends).as("processes told to end: %s had %s, and ended so: %s", process, text, failure)
					.hasEntrySatisfying(process, (told) -> assertThat(told).isLessThan(failure.ended()));
			});
		}

		void note(String what) {
			long ran = this.failures.keySet().stream().filter(this.effects::containsKey).count();
			Measured.note(what + ": " + CALLS + " calls, " + this.cuts + " cuts, " + this.ends.size()
					+ " processes ended, " + this.answers.size() + " answered, " + ran + " ran and were not answered, "
					+ (this.failures.size() - ran) + " did not run, 0 ran twice");
		}

	}

}
