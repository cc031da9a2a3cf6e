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

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a process holds while it has nothing to do.
 *
 * @param classes how many classes are loaded
 * @param heapBytes what is left of the heap after a collection
 * @param metaspaceBytes what the classes take
 * @param threads how many threads bear each name, in which {@code #} stands for a number
 */
public record Footprint(long classes, long heapBytes, long metaspaceBytes, Map<String, Integer> threads) {

	/**
	 * Collects the heap and takes the figures of this process.
	 * @return the figures
	 */
	public static Footprint take() {
		System.gc();
		// What the first collection has only found to be unreachable, such as buffers.
		System.gc();
		Map<String, Integer> threads = new TreeMap<>();
		Thread.getAllStackTraces()
			.keySet()
			.forEach((thread) -> threads.merge(thread.getName().replaceAll("\\d+", "#"), 1, Integer::sum));
		return new Footprint(ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
				ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
				ManagementFactory.getMemoryPoolMXBeans()
					.stream()
					.filter((pool) -> pool.getName().equals("Metaspace"))
					.mapToLong(Footprint::used)
					.sum(),
				threads);
	}

	/**
	 * Adds the figures to a line.
	 * @param fields the line
	 * @return the line
	 */
	public Fields addTo(Fields fields) {
		return fields.with("classes", this.classes)
			.with("heap", this.heapBytes)
			.with("metaspace", this.metaspaceBytes)
			.with("threads",
					this.threads.entrySet()
						.stream()
						.map((name) -> name.getKey().replaceAll("[:;=]", "_") + ":" + name.getValue())
						.collect(Collectors.joining(";")));
	}

	/**
	 * Reads the figures from a line.
	 * @param fields the line
	 * @return the figures
	 */
	public static Footprint of(Fields fields) {
		Map<String, Integer> threads = new TreeMap<>();
		for (String thread : fields.text("threads").split(";", -1)) {
			int colon = thread.lastIndexOf(':');
			threads.put(thread.substring(0, colon), Integer.valueOf(thread.substring(colon + 1)));
		}
		return new Footprint(fields.number("classes"), fields.number("heap"), fields.number("metaspace"), threads);
	}

	private static long used(MemoryPoolMXBean pool) {
		return pool.getUsage().getUsed();
	}

}
