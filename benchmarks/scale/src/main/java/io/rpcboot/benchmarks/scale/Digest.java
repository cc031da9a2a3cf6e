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

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;

/**
 * Tells whether two sets of records are the same.
 */
final class Digest {

	private Digest() {
	}

	/**
	 * Digests records.
	 * @param records as JSON, in the order of the instances' ids
	 * @return their number and their digest, without blanks
	 */
	static String of(Collection<String> records) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			records.forEach((json) -> digest.update(json.getBytes(StandardCharsets.UTF_8)));
			return records.size() + ":" + HexFormat.of().formatHex(digest.digest(), 0, 8);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
