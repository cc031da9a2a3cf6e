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

package io.rpcboot.registry.local;

import java.util.regex.Pattern;

/**
 * Checks the names that become parts of paths, so that none can point out of the
 * directory.
 */
final class Names {

	private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

	private Names() {
	}

	/**
	 * Checks a name.
	 * @param parameter what the name is called, for the message
	 * @param name the name
	 * @return the name
	 * @throws IllegalArgumentException if it is not usable
	 */
	static String check(String parameter, String name) {
		if (!PATTERN.matcher(name).matches()) {
			throw new IllegalArgumentException(parameter + ": '" + name + "' (expected: " + PATTERN + ")");
		}
		return name;
	}

}
