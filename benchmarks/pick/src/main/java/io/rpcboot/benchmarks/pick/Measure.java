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

package io.rpcboot.benchmarks.pick;

/**
 * What is measured, each a table of policies and sizes.
 */
enum Measure {

	PICK("The whole pick: route and hints of the call, the policy, the connection", "pick", Variant.PLAIN, 1),

	SELECT("Of that the policy alone", "select", Variant.PLAIN, 1),

	WEIGHTS("The whole pick, instances of the weights 50, 100 and 200", "pick", Variant.WEIGHTS, 1),

	LANE("The whole pick, calls in a lane", "pick", Variant.LANE, 1),

	AVOID("The whole pick, calls that avoid one instance", "pick", Variant.AVOID, 1),

	HOT("The whole pick, the same 16 keys and 32 pairs again and again, so that no cache misses", "pick", Variant.HOT,
			1),

	TWO_THREADS("The whole pick, two threads at once", "pick", Variant.PLAIN, 2),

	ATTEMPT("All of an attempt: pick, tracer, begin, end, outlier detection", "attempt", Variant.PLAIN, 1);

	private final String title;

	private final String method;

	private final Variant variant;

	private final int threads;

	Measure(String title, String method, Variant variant, int threads) {
		this.title = title;
		this.method = method;
		this.variant = variant;
		this.threads = threads;
	}

	String title() {
		return this.title;
	}

	/**
	 * Returns which method of the benchmark measures it.
	 * @return its name
	 */
	String method() {
		return this.method;
	}

	Variant variant() {
		return this.variant;
	}

	int threads() {
		return this.threads;
	}

	/**
	 * Returns whether grpc-java's own picker can be measured too. It knows neither our
	 * weights and options nor our statistics.
	 * @return whether it can
	 */
	boolean hasReference() {
		return this == PICK || this == TWO_THREADS;
	}

	/**
	 * Returns whether nothing may be allocated. An attempt has a tracer, since gRPC wants
	 * a new one each.
	 * @return whether nothing may
	 */
	boolean allocatesNothing() {
		return this != ATTEMPT;
	}

}
