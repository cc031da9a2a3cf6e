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
 * One figure of a table.
 *
 * @param measure what is measured
 * @param policy the name of the policy in gRPC
 * @param size how many instances there are
 */
record Cell(Measure measure, String policy, int size) {

	/** What grpc-java itself has. */
	static final String REFERENCE = "round_robin";

	/**
	 * Returns the cell to compare with.
	 * @return that of grpc-java's round robin at the same size
	 */
	Cell reference() {
		return new Cell(this.measure, REFERENCE, this.size);
	}

	boolean isOurs() {
		return !REFERENCE.equals(this.policy);
	}

	boolean mustNotAllocate() {
		return isOurs() && this.measure.allocatesNothing();
	}

}
