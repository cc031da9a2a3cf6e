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

package io.rpcboot.registry;

import java.util.regex.Pattern;

/**
 * The rule for the names of applications, namespaces and instances. They become parts of
 * keys, paths and authorities, so none may hold a slash or begin with a dot.
 */
public final class RegistryName {

	/**
	 * The rule as a regular expression.
	 */
	public static final String PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

	private static final Pattern COMPILED = Pattern.compile(PATTERN);

	private RegistryName() {
	}

	/**
	 * Says whether a name can be used.
	 * @param name the name
	 * @return whether it matches {@link #PATTERN}
	 */
	public static boolean isValid(String name) {
		return COMPILED.matcher(name).matches();
	}

	/**
	 * Checks a name.
	 * @param what what the name is called, for the message
	 * @param name the name
	 * @return the name
	 * @throws IllegalArgumentException if it cannot be used
	 */
	public static String check(String what, String name) {
		if (!isValid(name)) {
			throw new IllegalArgumentException(what + ": '" + name + "' (expected: " + PATTERN + ")");
		}
		return name;
	}

}
