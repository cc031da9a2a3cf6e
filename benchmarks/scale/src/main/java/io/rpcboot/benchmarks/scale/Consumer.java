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
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

import io.rpcboot.benchmarks.driver.Fields;
import io.rpcboot.benchmarks.driver.ProcessStats;
import io.rpcboot.benchmarks.driver.RunnerLines;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.etcd.EtcdRegistry;
import io.rpcboot.registry.etcd.EtcdSettings;
import org.jspecify.annotations.Nullable;

/**
 * The process that consumes: watches one application, alone or behind a channel, and does
 * what the driver says.
 */
public final class Consumer {

	private static final long POLL_NANOS = 10_000_000;

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	private final Mode mode;

	private final String application;

	private final int size;

	private final SeenTimes times;

	private final EtcdRegistry registry;

	private final Published published = new Published();

	private Published second = new Published();

	private @Nullable InstanceWatch secondWatch;

	private @Nullable MeasuredChannel channel;

	private final Profiler profiler = new Profiler();

	private Consumer(String[] args) throws IOException {
		this.times = SeenTimes.map(Path.of(args[1]));
		this.mode = Mode.of(args[2]);
		this.application = args[3];
		this.size = Integer.parseInt(args[4]);
		this.registry = new EtcdRegistry(new EtcdSettings(List.of(URI.create(args[0])), null, null, "default",
				Duration.ofSeconds(10), Duration.ofSeconds(5)));
	}

	/**
	 * Runs the consumer until its input ends.
	 * @param args etcd's endpoint; the file of {@link SeenTimes}; the mode; the
	 * application; how many instances it has
	 * @throws IOException if the file cannot be mapped
	 */
	public static void main(String[] args) throws IOException {
		Consumer consumer = new Consumer(args);
		RunnerLines.say("READY");
		RunnerLines.serve(consumer::run);
	}

	private void run(List<String> command) {
		RunnerLines.say(command.get(0) + " " + answer(command));
	}

	private Fields answer(List<String> command) {
		return switch (command.get(0)) {
			case "CLOCK" -> new Fields().with("nanos", System.nanoTime());
			case "STATS" -> ProcessStats.take().addTo(new Fields()).with("sets", this.published.latest().number());
			case "HEAP" -> Heap.collected();
			case "START" -> start();
			case "SECOND" -> second();
			case "SECOND-END" -> endSecond();
			case "EXPECT-WEIGHTS" ->
				expect(Expectation.ofWeights(this.times, this.size, Integer.parseInt(command.get(1))));
			case "EXPECT-SIZES" -> expect(Expectation.ofSizes(this.times, this.size));
			case "AWAIT" -> await(Integer.parseInt(command.get(1)), Integer.parseInt(command.get(2)),
					Integer.parseInt(command.get(3)));
			case "DIGEST" -> new Fields().with("digest", this.published.latest().digest());
			case "SECOND-DIGEST" -> new Fields().with("digest", this.second.latest().digest());
			case "CALL" -> call(Integer.parseInt(command.get(1)));
			case "THREADS" -> ThreadTimes.take().fields();
			case "PROFILE" -> this.profiler.start();
			case "PROFILE-END" -> this.profiler.stop(Path.of(command.get(1)));
			default -> throw new IllegalArgumentException("command: " + command);
		};
	}

	private Fields start() {
		long begun = System.nanoTime();
		if (this.mode == Mode.WATCH) {
			this.registry.watch(this.application, new Listener(this.published));
		}
		else {
			this.channel = MeasuredChannel.open(this.application, this.registry, this.published,
					this.mode == Mode.CHANNEL);
		}
		return firstAfter(begun, this.published);
	}

	private Fields second() {
		this.second = new Published();
		long begun = System.nanoTime();
		this.secondWatch = this.registry.watch(this.application, new Listener(this.second));
		return firstAfter(begun, this.second);
	}

	private Fields endSecond() {
		if (this.secondWatch != null) {
			this.secondWatch.close();
		}
		this.second = new Published();
		return new Fields();
	}

	private static Fields firstAfter(long begun, Published sets) {
		Published.Set set = await(sets, (latest) -> latest.number() > 0, 1_000_000);
		return new Fields().with("begun", begun).with("took", set.nanos() - begun).with("size", set.instances().size());
	}

	private Fields expect(Expectation expectation) {
		this.published.expect(expectation);
		return new Fields();
	}

	private Fields await(int expectedSize, int count, int weight) {
		Published.Set set = await(this.published, (latest) -> latest.holds(expectedSize, count, weight), POLL_NANOS);
		return new Fields().with("nanos", set.nanos());
	}

	private Fields call(int count) {
		if (this.channel != null) {
			this.channel.call(count);
		}
		return new Fields();
	}

	/**
	 * Looks at each set once.
	 */
	private static Published.Set await(Published sets, Predicate<Published.Set> wanted, long pollNanos) {
		long end = System.nanoTime() + PATIENCE.toNanos();
		long seen = -1;
		while (System.nanoTime() < end) {
			Published.Set latest = sets.latest();
			if (latest.number() != seen && wanted.test(latest)) {
				return latest;
			}
			seen = latest.number();
			LockSupport.parkNanos(pollNanos);
		}
		throw new IllegalStateException(
				"not published within " + PATIENCE + "; the last set has " + sets.latest().instances().size());
	}

	private record Listener(Published sets) implements InstanceListener {

		@Override
		public void onInstances(List<ServiceInstance> instances) {
			this.sets.publish(instances);
		}

		@Override
		public void onUnavailable(RegistryException reason) {
			System.err.println("unavailable: " + reason.getMessage());
		}

	}

}
