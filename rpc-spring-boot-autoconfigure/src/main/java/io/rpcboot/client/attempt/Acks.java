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

package io.rpcboot.client.attempt;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

import io.grpc.Metadata;
import io.rpcboot.call.RpcMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The deduplicated calls whose answers have arrived, by the instance that still keeps
 * them. Told to it with the next such call, so that it can forget them early. What is
 * lost here it forgets when its window ends.
 */
final class Acks {

	/** 37 bytes each, of the 8 KiB that gRPC allows for all headers. */
	static final int MOST_IN_A_HEADER = 20;

	static final int MOST_OF_AN_INSTANCE = 200;

	static final int MOST_INSTANCES = 200;

	private final Map<String, Deque<String>> answered = new LinkedHashMap<>(16, 0.75f, true) {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Deque<String>> eldest) {
			return size() > MOST_INSTANCES;
		}

	};

	/**
	 * Takes note of an answer.
	 * @param instance who sent it
	 * @param requestId of which call
	 */
	synchronized void answered(String instance, String requestId) {
		Deque<String> ids = this.answered.computeIfAbsent(instance, (id) -> new ArrayDeque<>());
		if (ids.size() == MOST_OF_AN_INSTANCE) {
			ids.removeFirst();
		}
		ids.addLast(requestId);
	}

	/**
	 * Adds what an instance can forget to the headers of a call to it.
	 * @param headers the headers
	 * @param instance the instance; {@code null} if unknown
	 */
	void addTo(Metadata headers, @Nullable String instance) {
		headers.discardAll(RpcMetadata.ACK);
		String ids = (instance != null) ? take(instance) : "";
		if (!ids.isEmpty()) {
			headers.put(RpcMetadata.ACK, ids);
		}
	}

	private synchronized String take(String instance) {
		Deque<String> ids = this.answered.get(instance);
		if (ids == null) {
			return "";
		}
		StringBuilder taken = new StringBuilder();
		for (int i = 0; i < MOST_IN_A_HEADER && !ids.isEmpty(); i++) {
			taken.append((i > 0) ? "," : "").append(ids.removeFirst());
		}
		return taken.toString();
	}

}
