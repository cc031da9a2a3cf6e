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

/**
 * Gives each instance an address of its own within 127.0.0.0/8, all of which Linux takes
 * for the loopback.
 */
final class Addresses {

	private static final int PER_NET = 250;

	private Addresses() {
	}

	/**
	 * Returns the address of an instance.
	 * @param index 0 to 62,499
	 * @return the address
	 */
	static String of(int index) {
		return "127.1." + index / PER_NET + "." + (1 + index % PER_NET);
	}

}
