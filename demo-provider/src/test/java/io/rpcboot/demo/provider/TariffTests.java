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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Tariff}.
 */
class TariffTests {

	private final Tariff tariff = new Tariff();

	@ParameterizedTest
	@CsvSource({ "1, 590", "1000, 590", "1001, 670", "2000, 670", "2001, 750", "31500, 3070" })
	void chargesEachKilogramBegunAfterTheFirst(int weightGrams, long priceCents) {
		assertThat(this.tariff.priceCents("Hamburg", "Leipzig", weightGrams)).isEqualTo(priceCents);
	}

	@Test
	void isCheaperWithinOneTown() {
		assertThat(this.tariff.priceCents("Leipzig", "leipzig", 500)).isEqualTo(390);
	}

	@ParameterizedTest
	@ValueSource(ints = { Integer.MIN_VALUE, -1, 0, 31_501 })
	void whenWeightIsOutOfRangeThenRejects(int weightGrams) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.tariff.priceCents("Hamburg", "Leipzig", weightGrams))
			.withMessage("weight_grams: " + weightGrams + " (expected: 1 to 31500)");
	}

}
