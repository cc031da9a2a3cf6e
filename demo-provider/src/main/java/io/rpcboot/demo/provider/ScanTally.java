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

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Counts scans.
 */
class ScanTally {

	private final Set<String> parcels = new HashSet<>();

	private final Map<String, Integer> scansByDepot = new TreeMap<>();

	void add(String parcelId, String depot) {
		this.parcels.add(parcelId);
		this.scansByDepot.merge(depot, 1, Integer::sum);
	}

	int scans() {
		return this.scansByDepot.values().stream().mapToInt(Integer::intValue).sum();
	}

	int parcels() {
		return this.parcels.size();
	}

	Map<String, Integer> scansByDepot() {
		return this.scansByDepot;
	}

}
