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

import java.util.List;

import io.rpcboot.client.balancer.policy.Candidate;
import org.jspecify.annotations.Nullable;

/**
 * Leaves those of the version that is asked for, which may be the beginning of one:
 * {@code 2} stands for {@code 2}, {@code 2.1.0} and {@code 2-rc1}, not for {@code 20.1}.
 */
final class VersionFilter implements InstanceFilter {

	/** What follows the beginning: of semver.org, and of those who write otherwise. */
	private static final String BOUNDARIES = ".-+";

	@Override
	public String name() {
		return "version";
	}

	@Override
	public List<Candidate> filter(List<Candidate> candidates, CallRoute route, List<Candidate> known) {
		String asked = route.version();
		if (asked == null) {
			return candidates;
		}
		return candidates.stream().filter((candidate) -> matches(asked, candidate.instance().version())).toList();
	}

	private static boolean matches(String asked, @Nullable String version) {
		return version != null && version.startsWith(asked)
				&& (version.length() == asked.length() || BOUNDARIES.indexOf(version.charAt(asked.length())) >= 0);
	}

}
