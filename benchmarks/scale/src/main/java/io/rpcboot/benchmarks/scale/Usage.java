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

import io.rpcboot.benchmarks.driver.ProcessStats;

/**
 * What a consumer has used, and what others did for it.
 *
 * @param process what its process has used
 * @param sets sets that it published
 * @param bytesFrom bytes that came to it from etcd
 * @param bytesTo bytes that went from it to etcd
 * @param etcd what etcd has done for anybody
 */
record Usage(ProcessStats process, long sets, long bytesFrom, long bytesTo, EtcdMetrics.Counts etcd) {

	Usage since(Usage earlier) {
		return new Usage(this.process.since(earlier.process), this.sets - earlier.sets,
				this.bytesFrom - earlier.bytesFrom, this.bytesTo - earlier.bytesTo, this.etcd.since(earlier.etcd));
	}

	long reads() {
		return this.etcd.ranges();
	}

	double cpuMillis() {
		return this.process.cpuNanos() / 1e6;
	}

}
