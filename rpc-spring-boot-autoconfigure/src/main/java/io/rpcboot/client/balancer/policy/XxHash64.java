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

package io.rpcboot.client.balancer.policy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The hash XXH64 by Yann Collet, after "xxHash fast digest algorithm" 0.1.1, the
 * specification that comes with its reference implementation. Spreads evenly and is the
 * same in every process and language; anyone can find two inputs of one hash, so it
 * proves nothing. Costs time in proportion to the length; the arrays are only read.
 */
public final class XxHash64 {

	private static final long PRIME_1 = 0x9E3779B185EBCA87L;

	private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;

	private static final long PRIME_3 = 0x165667B19E3779F9L;

	private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;

	private static final long PRIME_5 = 0x27D4EB2F165667C5L;

	/** How many bytes the four lanes take at once. */
	private static final int STRIPE = 32;

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

	private XxHash64() {
	}

	/**
	 * Hashes a text.
	 * @param text the text
	 * @return the hash of its UTF-8 bytes, with the seed 0
	 */
	public static long hash(String text) {
		return hash(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Hashes bytes.
	 * @param input the bytes
	 * @return their hash, with the seed 0
	 */
	public static long hash(byte[] input) {
		return hash(input, 0);
	}

	/**
	 * Hashes bytes. Hashes of different seeds say nothing of each other.
	 * @param input the bytes
	 * @param seed any number
	 * @return their hash
	 */
	static long hash(byte[] input, long seed) {
		int rest = input.length - input.length % STRIPE;
		long hash = (rest > 0) ? stripes(input, rest, seed) : seed + PRIME_5;
		return avalanche(tail(input, rest, hash + input.length));
	}

	private static long stripes(byte[] input, int end, long seed) {
		long first = seed + PRIME_1 + PRIME_2;
		long second = seed + PRIME_2;
		long third = seed;
		long fourth = seed - PRIME_1;
		for (int i = 0; i < end; i += STRIPE) {
			first = round(first, longAt(input, i));
			second = round(second, longAt(input, i + 8));
			third = round(third, longAt(input, i + 16));
			fourth = round(fourth, longAt(input, i + 24));
		}
		long hash = Long.rotateLeft(first, 1) + Long.rotateLeft(second, 7) + Long.rotateLeft(third, 12)
				+ Long.rotateLeft(fourth, 18);
		hash = merge(hash, first);
		hash = merge(hash, second);
		hash = merge(hash, third);
		return merge(hash, fourth);
	}

	private static long tail(byte[] input, int from, long start) {
		long hash = start;
		int i = from;
		for (; i + 8 <= input.length; i += 8) {
			hash = Long.rotateLeft(hash ^ round(0, longAt(input, i)), 27) * PRIME_1 + PRIME_4;
		}
		if (i + 4 <= input.length) {
			long word = Integer.toUnsignedLong((int) INTS.get(input, i));
			hash = Long.rotateLeft(hash ^ word * PRIME_1, 23) * PRIME_2 + PRIME_3;
			i += 4;
		}
		for (; i < input.length; i++) {
			hash = Long.rotateLeft(hash ^ (input[i] & 0xFF) * PRIME_5, 11) * PRIME_1;
		}
		return hash;
	}

	private static long round(long lane, long word) {
		return Long.rotateLeft(lane + word * PRIME_2, 31) * PRIME_1;
	}

	private static long merge(long hash, long lane) {
		return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
	}

	private static long avalanche(long start) {
		long hash = (start ^ start >>> 33) * PRIME_2;
		hash = (hash ^ hash >>> 29) * PRIME_3;
		return hash ^ hash >>> 32;
	}

	private static long longAt(byte[] input, int index) {
		return (long) LONGS.get(input, index);
	}

}
