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

package io.rpcboot.benchmarks.gate;

/**
 * What a call, or a message of a stream, costs.
 *
 * @param serverBytes bytes that the server allocates
 * @param clientBytes bytes that the client allocates
 * @param wakeUps how often a thread of either has to be woken
 */
record Cost(double serverBytes, double clientBytes, double wakeUps) {

	static final Cost UNKNOWN = new Cost(Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE);

	/**
	 * Returns the least of each: what else goes on, such as compilation or a second list
	 * of etcd, only adds.
	 * @param other another round
	 * @return the least
	 */
	Cost least(Cost other) {
		return new Cost(Math.min(this.serverBytes, other.serverBytes), Math.min(this.clientBytes, other.clientBytes),
				Math.min(this.wakeUps, other.wakeUps));
	}

	double bytes() {
		return this.serverBytes + this.clientBytes;
	}

}
