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

import java.io.IOException;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

/**
 * What a process has used up to now.
 *
 * @param nanos when this was taken, by the process's own clock
 * @param cpuNanos CPU time of the process, user and system
 * @param allocatedBytes bytes allocated by threads of Java, see {@link ThreadLedger}
 * @param switches context switches of all threads; 0 where there is no {@code /proc}
 * @param wakeUps those of the switches after which a thread had to be woken; 0 where
 * there is no {@code /proc}
 * @param jitMillis time that the just-in-time compiler has taken
 * @param rssKilobytes resident memory; 0 where there is no {@code /proc}
 * @param classes how many classes were ever loaded
 * @param threads how many threads of Java are alive
 */
public record ProcessStats(long nanos, long cpuNanos, long allocatedBytes, long switches, long wakeUps, long jitMillis,
		long rssKilobytes, long classes, long threads) {

	private static final OperatingSystemMXBean SYSTEM = ManagementFactory
		.getPlatformMXBean(OperatingSystemMXBean.class);

	private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

	private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

	private static final ClassLoadingMXBean CLASSES = ManagementFactory.getClassLoadingMXBean();

	private static final Pattern FIGURE = Pattern.compile("(VmRSS|(?:non)?voluntary_ctxt_switches):\\s*(\\d+).*");

	private static final Path PROC = Path.of("/proc/self");

	private static final ThreadLedger ALLOCATED = new ThreadLedger();

	private static final ThreadLedger WAITS = new ThreadLedger();

	private static final ThreadLedger PREEMPTIONS = new ThreadLedger();

	/**
	 * Takes the figures of this process.
	 * @return the figures
	 */
	public static ProcessStats take() {
		long rss = Files.isDirectory(PROC) ? figures(PROC.resolve("status")).getOrDefault("VmRSS", 0L) : 0;
		Map<Long, Long> waits = new HashMap<>();
		Map<Long, Long> preemptions = new HashMap<>();
		readSwitches(waits, preemptions);
		long wakeUps = WAITS.total(waits);
		return new ProcessStats(System.nanoTime(), SYSTEM.getProcessCpuTime(), ALLOCATED.total(allocated()),
				wakeUps + PREEMPTIONS.total(preemptions), wakeUps, COMPILER.getTotalCompilationTime(), rss,
				CLASSES.getTotalLoadedClassCount(), THREADS.getThreadCount());
	}

	/**
	 * Returns what was used since an earlier moment.
	 * @param earlier the earlier figures
	 * @return the differences; memory, classes and threads are those of now
	 */
	public ProcessStats since(ProcessStats earlier) {
		return new ProcessStats(this.nanos - earlier.nanos, this.cpuNanos - earlier.cpuNanos,
				this.allocatedBytes - earlier.allocatedBytes, this.switches - earlier.switches,
				this.wakeUps - earlier.wakeUps, this.jitMillis - earlier.jitMillis, this.rssKilobytes, this.classes,
				this.threads);
	}

	/**
	 * Adds the figures to a line.
	 * @param fields the line
	 * @return the line
	 */
	public Fields addTo(Fields fields) {
		return fields.with("nanos", this.nanos)
			.with("cpu", this.cpuNanos)
			.with("allocated", this.allocatedBytes)
			.with("switches", this.switches)
			.with("wake-ups", this.wakeUps)
			.with("jit", this.jitMillis)
			.with("rss", this.rssKilobytes)
			.with("classes", this.classes)
			.with("threads", this.threads);
	}

	/**
	 * Reads the figures from a line.
	 * @param fields the line
	 * @return the figures
	 */
	public static ProcessStats of(Fields fields) {
		return new ProcessStats(fields.number("nanos"), fields.number("cpu"), fields.number("allocated"),
				fields.number("switches"), fields.number("wake-ups"), fields.number("jit"), fields.number("rss"),
				fields.number("classes"), fields.number("threads"));
	}

	private static Map<Long, Long> allocated() {
		long[] ids = THREADS.getAllThreadIds();
		long[] bytes = THREADS.getThreadAllocatedBytes(ids);
		Map<Long, Long> allocated = new HashMap<>();
		for (int i = 0; i < ids.length; i++) {
			if (bytes[i] >= 0) {
				allocated.put(ids[i], bytes[i]);
			}
		}
		return allocated;
	}

	private static void readSwitches(Map<Long, Long> waits, Map<Long, Long> preemptions) {
		Path tasks = PROC.resolve("task");
		if (!Files.isDirectory(tasks)) {
			return;
		}
		try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
			for (Path thread : threads) {
				Map<String, Long> figures = figures(thread.resolve("status"));
				if (!figures.isEmpty()) {
					Long id = Long.valueOf(thread.getFileName().toString());
					waits.put(id, figures.getOrDefault("voluntary_ctxt_switches", 0L));
					preemptions.put(id, figures.getOrDefault("nonvoluntary_ctxt_switches", 0L));
				}
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException("cannot read " + tasks, ex);
		}
	}

	private static Map<String, Long> figures(Path file) {
		try {
			Map<String, Long> figures = new HashMap<>();
			for (String line : Files.readAllLines(file)) {
				Matcher figure = FIGURE.matcher(line);
				if (figure.matches()) {
					figures.put(figure.group(1), Long.valueOf(figure.group(2)));
				}
			}
			return figures;
		}
		catch (IOException ex) {
			return Map.of(); // The thread has ended meanwhile.
		}
	}

}
