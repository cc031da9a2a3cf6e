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

package io.rpcboot.client.subset;

/**
 * Hashes that are the same in every process and release: consumers that hash differently
 * would not agree. FNV-1a of 64 bits over the characters of a text, and the finalizer of
 * SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), which lets every bit of its input
 * change about half the bits of its output.
 */
final class Hashes {

	private static final long FNV_BASIS = 0xcbf29ce484222325L;

	private static final long FNV_PRIME = 0x100000001b3L;

	private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

	private Hashes() {
	}

	static long of(String text) {
		long hash = FNV_BASIS;
		for (int i = 0; i < text.length(); i++) {
			hash = (hash ^ text.charAt(i)) * FNV_PRIME;
		}
		return mix(hash);
	}

	static long of(int number) {
		return mix((number + 1) * GOLDEN_GAMMA);
	}

	/**
	 * Returns how much the two like each other.
	 * @return at least 0
	 */
	static long weight(long consumer, long provider) {
		return mix(consumer ^ provider) >>> 1;
	}

	private static long mix(long value) {
		long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
		return mixed ^ (mixed >>> 31);
	}

}
