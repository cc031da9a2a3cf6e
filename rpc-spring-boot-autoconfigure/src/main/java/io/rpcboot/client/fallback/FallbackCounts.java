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

package io.rpcboot.client.fallback;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what became of the calls to one application that fallbacks took over. For all
 * threads.
 */
final class FallbackCounts {

	private final LongAdder answered = new LongAdder();

	private final LongAdder failed = new LongAdder();

	long answered() {
		return this.answered.sum();
	}

	long failed() {
		return this.failed.sum();
	}

	void ended(boolean ok) {
		(ok ? this.answered : this.failed).increment();
	}

}
