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

package io.rpcboot.client.routing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.balancer.policy.InstanceStatistics;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;

/**
 * Candidates as a line of text: instances separated by spaces, each an id and what is
 * said of it, such as {@code a:zone=az1,lane=blue,down b}. What is not {@code zone},
 * {@code version}, {@code namespace}, {@code down} or {@code draining} is a tag. One that
 * is down or draining is not usable.
 */
final class Instances {

	private Instances() {
	}

	static List<Candidate> of(String text) {
		return text.isBlank() ? List.of() : Stream.of(text.trim().split(" +")).map(Instances::candidate).toList();
	}

	/**
	 * Returns the ids as they would stand in a table.
	 */
	static String ids(List<Candidate> candidates) {
		return String.join(" ", candidates.stream().map((candidate) -> candidate.instance().id()).toList());
	}

	private static Candidate candidate(String text) {
		String[] parts = text.split("[:,]");
		Map<String, String> said = new LinkedHashMap<>();
		for (int i = 1; i < parts.length; i++) {
			String[] pair = parts[i].split("=");
			said.put(pair[0], (pair.length > 1) ? pair[1] : "");
		}
		boolean draining = said.remove("draining") != null;
		boolean usable = said.remove("down") == null && !draining;
		String zone = said.remove("zone");
		String version = said.remove("version");
		String namespace = said.remove("namespace");
		return new Fixed(new ServiceInstance(parts[0], "demo", "10.0.0.1", 9090, List.of(),
				draining ? InstanceState.DRAINING : InstanceState.UP, 100, zone, version, said, null, Map.of(),
				namespace), usable);
	}

	private record Fixed(ServiceInstance instance, boolean isUsable) implements Candidate {

		@Override
		public double weight() {
			return 1;
		}

		@Override
		public InstanceStatistics statistics() {
			return new InstanceStatistics(System::nanoTime);
		}

	}

}
