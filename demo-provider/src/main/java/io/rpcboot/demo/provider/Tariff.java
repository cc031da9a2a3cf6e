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

import org.springframework.stereotype.Component;

/**
 * What sending a parcel costs.
 */
@Component
class Tariff {

	static final String CURRENCY = "EUR";

	private static final int MAX_WEIGHT_GRAMS = 31_500;

	private static final long WITHIN_TOWN_CENTS = 390;

	private static final long BETWEEN_TOWNS_CENTS = 590;

	private static final long KILOGRAM_CENTS = 80;

	/**
	 * Returns the price of one parcel: a base price, and more for each kilogram begun
	 * after the first.
	 * @param from the town it is sent from
	 * @param to the town it is sent to
	 * @param weightGrams its weight, 1 to 31500
	 * @return the price in cents
	 */
	long priceCents(String from, String to, int weightGrams) {
		if (weightGrams < 1 || weightGrams > MAX_WEIGHT_GRAMS) {
			throw new IllegalArgumentException(
					"weight_grams: " + weightGrams + " (expected: 1 to " + MAX_WEIGHT_GRAMS + ")");
		}
		long base = from.equalsIgnoreCase(to) ? WITHIN_TOWN_CENTS : BETWEEN_TOWNS_CENTS;
		return base + (weightGrams - 1) / 1000 * KILOGRAM_CENTS;
	}

}
