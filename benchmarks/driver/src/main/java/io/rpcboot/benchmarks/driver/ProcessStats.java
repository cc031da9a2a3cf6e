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
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

import com.sun.management.OperatingSystemMXBean;

/**
 * What a process has used up to now.
 *
 * @param nanos when this was taken, by the process's own clock
 * @param cpuNanos CPU time of the process, user and system
 * @param allocatedBytes bytes allocated, but for what threads that have ended meanwhile
 * did after the last look
 * @param switches context switches of the threads that are alive; 0 where there is no
 * {@code /proc}
 * @param jitMillis time that the just-in-time compiler has taken
 * @param rssKilobytes resident memory; 0 where there is no {@code /proc}
 */
public record ProcessStats(long nanos, long cpuNanos, long allocatedBytes, long switches, long jitMillis,
		long rssKilobytes) {

	private static final OperatingSystemMXBean SYSTEM = ManagementFactory
		.getPlatformMXBean(OperatingSystemMXBean.class);

	private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

	private static final Path PROC = Path.of("/proc/self");

	/**
	 * Takes the figures of this process.
	 * @return the figures
	 */
	public static ProcessStats take() {
		long allocated = AllocatedBytes.OF_PROCESS.look();
		long rss = Files.isDirectory(PROC) ? figure(PROC.resolve("status"), "VmRSS:") : 0;
		return new ProcessStats(System.nanoTime(), SYSTEM.getProcessCpuTime(), allocated, switchesOfThreads(),
				COMPILER.getTotalCompilationTime(), rss);
	}

	/**
	 * Returns what was used since an earlier moment.
	 * @param earlier the earlier figures
	 * @return the differences; the memory is that of now
	 */
	public ProcessStats since(ProcessStats earlier) {
		return new ProcessStats(this.nanos - earlier.nanos, this.cpuNanos - earlier.cpuNanos,
				this.allocatedBytes - earlier.allocatedBytes, this.switches - earlier.switches,
				this.jitMillis - earlier.jitMillis, this.rssKilobytes);
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
			.with("jit", this.jitMillis)
			.with("rss", this.rssKilobytes);
	}

	/**
	 * Reads the figures from a line.
	 * @param fields the line
	 * @return the figures
	 */
	public static ProcessStats of(Fields fields) {
		return new ProcessStats(fields.number("nanos"), fields.number("cpu"), fields.number("allocated"),
				fields.number("switches"), fields.number("jit"), fields.number("rss"));
	}

	private static long switchesOfThreads() {
		Path tasks = PROC.resolve("task");
		if (!Files.isDirectory(tasks)) {
			return 0;
		}
		long switches = 0;
		try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
			for (Path thread : threads) {
				switches += figure(thread.resolve("status"), "voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:");
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException("cannot read " + tasks, ex);
		}
		return switches;
	}

	private static long figure(Path file, String... names) {
		try {
			long sum = 0;
			for (String line : Files.readAllLines(file)) {
				for (String name : names) {
					if (line.startsWith(name)) {
						sum += Long.parseLong(line.substring(name.length()).replace("kB", "").strip());
					}
				}
			}
			return sum;
		}
		catch (IOException ex) {
			return 0; // The thread has ended meanwhile.
		}
	}

}
