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
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * The methods that a recording met most often.
 */
final class Profile {

	private static final int LINES = 14;

	private final Map<String, Long> own = new HashMap<>();

	private final Map<String, Long> within = new HashMap<>();

	private final Map<String, Long> threads = new HashMap<>();

	private final Map<String, Long> allocations = new HashMap<>();

	private Profile() {
	}

	static Profile of(Path file) throws IOException {
		Profile profile = new Profile();
		for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
			String type = event.getEventType().getName();
			if (event.getStackTrace() == null) {
				continue;
			}
			List<RecordedFrame> frames = event.getStackTrace().getFrames();
			if (type.equals("jdk.ExecutionSample")) {
				profile.sampled(frames, event.getThread("sampledThread"));
			}
			else if (type.equals("jdk.ObjectAllocationSample")) {
				add(profile.allocations, ours(frames), event.getLong("weight"));
			}
		}
		return profile;
	}

	private void sampled(List<RecordedFrame> frames, RecordedThread thread) {
		add(this.threads, String.valueOf(thread.getJavaName()), 1);
		add(this.own, frames.isEmpty() ? "?" : name(frames.get(0).getMethod()), 1);
		frames.stream()
			.map((frame) -> name(frame.getMethod()))
			.filter((method) -> !method.startsWith("java."))
			.distinct()
			.forEach((method) -> add(this.within, method, 1));
	}

	/** The innermost method of the starter or of what it uses. */
	private static String ours(List<RecordedFrame> frames) {
		return frames.stream()
			.map((frame) -> name(frame.getMethod()))
			.filter((method) -> !method.startsWith("java."))
			.findFirst()
			.orElse("?");
	}

	private static String name(RecordedMethod method) {
		return method.getType().getName() + "." + method.getName();
	}

	private static void add(Map<String, Long> counts, String key, long count) {
		counts.merge(key, count, Long::sum);
	}

	String text(String title) {
		StringBuilder text = new StringBuilder("profile of ").append(title).append('\n');
		top(text, "threads", this.threads, this.threads);
		top(text, "innermost methods", this.own, this.threads);
		top(text, "methods with what they call", this.within, this.threads);
		top(text, "allocated bytes", this.allocations, this.allocations);
		return text.toString();
	}

	private static void top(StringBuilder text, String title, Map<String, Long> counts, Map<String, Long> whole) {
		double total = Math.max(1, whole.values().stream().mapToLong(Long::longValue).sum());
		text.append("  ").append(title).append(String.format(Locale.ROOT, " (of %,.0f)%n", total));
		counts.entrySet()
			.stream()
			.sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
			.limit(LINES)
			.forEach((entry) -> text.append(
					String.format(Locale.ROOT, "    %5.1f %%  %s%n", 100 * entry.getValue() / total, entry.getKey())));
	}

}
