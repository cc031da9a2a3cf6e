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

package io.rpcboot.benchmarks.runner;

import java.util.ArrayList;
import java.util.List;

/**
 * Calls that failed. One is enough to make a run worthless.
 */
final class Failures {

	private final List<String> texts = new ArrayList<>();

	void add(Peer peer, String scenario, long count, String reason) {
		if (count > 0) {
			String text = peer.id() + " " + scenario + ": " + count + " failed, such as " + reason;
			System.out.println("FAILED " + text);
			this.texts.add(text);
		}
	}

	List<String> texts() {
		return this.texts;
	}

}
