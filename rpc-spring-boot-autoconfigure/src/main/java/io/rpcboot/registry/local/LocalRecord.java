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

package io.rpcboot.registry.local;

import java.time.Instant;
import java.util.Comparator;

import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * A record file as last read.
 *
 * @param stamp the version of the file
 * @param instance what its last usable version said, or {@code null} if there was none
 */
record LocalRecord(RecordStamp stamp, @Nullable ServiceInstance instance) {

	/**
	 * The order in which records that exclude each other are preferred: what began to
	 * serve last, then what was written last.
	 */
	static final Comparator<LocalRecord> NEWEST_FIRST = Comparator.comparing(LocalRecord::startedAt)
		.thenComparing((record) -> record.stamp().modified())
		.reversed();

	private Instant startedAt() {
		Instant startedAt = (this.instance != null) ? this.instance.startedAt() : null;
		return (startedAt != null) ? startedAt : Instant.MIN;
	}

}
