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

package io.rpcboot.demo.provider;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ScanTally}.
 */
class ScanTallyTests {

	private final ScanTally tally = new ScanTally();

	@Test
	void whenNothingWasScannedThenCountsNothing() {
		assertThat(this.tally.scans()).isZero();
		assertThat(this.tally.parcels()).isZero();
		assertThat(this.tally.scansByDepot()).isEmpty();
	}

	@Test
	void countsScansAndDistinctParcels() {
		this.tally.add("P-1001", "Hamburg");
		this.tally.add("P-1002", "Hamburg");
		this.tally.add("P-1001", "Leipzig");
		assertThat(this.tally.scans()).isEqualTo(3);
		assertThat(this.tally.parcels()).isEqualTo(2);
		assertThat(this.tally.scansByDepot()).isEqualTo(Map.of("Hamburg", 2, "Leipzig", 1));
	}

}
