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

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link XxHash64} against values of the reference implementation, libxxhash 0.8.1.
 */
class XxHash64Tests {

	private static final long SEED = 2_654_435_761L;

	@ParameterizedTest
	@CsvSource({ "'',ef46db3751d8e999", "a,d24ec4f1a98c6e5b", "abc,44bc2cf5ad770999",
			"0123456789abcde,4bb51a30968e6a4d", "Nobody inspects the spammish repetition,fbcea83c8a378bf1",
			"The quick brown fox jumps over the lazy dog,0b242d361fda71bc",
			"'Grüße, 世界 \uD83D\uDE00',db6d17a218362bf6" })
	void hashesTheUtf8OfTexts(String text, String expected) {
		assertThat(Long.toHexString(XxHash64.hash(text))).isEqualTo(Long.toHexString(hex(expected)));
	}

	/**
	 * Lengths around the steps of 4, 8 and 32 bytes, over the bytes that the reference's
	 * own sanity check uses.
	 */
	@ParameterizedTest
	@CsvSource({ "0,ef46db3751d8e999,ac75fda2929b17ef", "1,e934a84adb052768,5014607643a9b4c3",
			"4,9136a0dca57457ee,caab286bd8e9fdb5", "8,cdbcf538e71d1348,fe0c047a5353cdac",
			"14,8282dcc4994e35c8,c3bd6bf63deb6df0", "31,299b39a290e6d783,da673d5feb5c1d79",
			"32,18b216492bb44b70,b3f33bdf93ade409", "33,55c8dc3e578f5b59,e92c292f64bc3071",
			"63,a9efbe0fa0f3f4e7,6c911fadb05b6fc2", "64,ef558f8acac2b5cd,b5eeba99264cc44f",
			"222,b641ae8cb691c174,20cb8ab7ae10c14a" })
	void hashesBytesOfEveryLength(int length, String expected, String expectedOfSeed) {
		byte[] input = Arrays.copyOf(sanityBytes(), length);
		assertThat(XxHash64.hash(input)).isEqualTo(hex(expected));
		assertThat(XxHash64.hash(input, SEED)).isEqualTo(hex(expectedOfSeed));
	}

	@Test
	void leavesTheInputAsItIs() {
		byte[] input = sanityBytes();
		XxHash64.hash(input);
		assertThat(input).isEqualTo(sanityBytes());
	}

	private static byte[] sanityBytes() {
		byte[] bytes = new byte[222];
		long generator = SEED;
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) (generator >>> 56);
			generator *= 0x9E3779B185EBCA8DL;
		}
		return bytes;
	}

	private static long hex(String text) {
		return Long.parseUnsignedLong(text, 16);
	}

}
