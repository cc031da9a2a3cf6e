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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Round}.
 */
class RoundTests {

	private final Round round = new Round();

	@Test
	void leadsToTheNearestStop() {
		assertThat(this.round.next(51.3500, 12.3712)).isEqualTo(new Round.Leg("Zoo", 133));
	}

	@Test
	void whenAtAStopThenLeadsToTheNextOne() {
		assertThat(this.round.next(51.3406, 12.3747)).isEqualTo(new Round.Leg("Opera", 447));
	}

	@Test
	void whenEveryStopIsServedThenLeadsBackToTheDepot() {
		this.round.next(51.3406, 12.3747);
		this.round.next(51.3402, 12.3811);
		this.round.next(51.3288, 12.3917);
		assertThat(this.round.next(51.3488, 12.3712).stop()).isEqualTo("Depot");
	}

}
