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

package io.rpcboot.autoconfigure;

import java.util.Locale;

import io.rpcboot.call.RpcException;

/**
 * Thrown when an application was processed ahead of time for another registry than it is
 * to use: the beans of that one are not there.
 */
final class BuiltForRegistryException extends RpcException {

	private static final String TYPE = "rpc.registry.type";

	private BuiltForRegistryException(String built, String asked) {
		super(TYPE + ": " + asked + " (expected: " + built
				+ ", which was set when the application was processed ahead of time)",
				"Process the application ahead of time once more, with " + TYPE + "=" + asked
						+ " among the arguments of the goal process-aot, or set what it was built for:\n\n    " + TYPE
						+ "=" + built,
				null);
	}

	/**
	 * Checks that the type is what it was when the beans were chosen.
	 */
	static void check(RpcRegistryProperties.Type asked, RpcRegistryProperties.Type built) {
		if (asked != built) {
			throw new BuiltForRegistryException(text(built), text(asked));
		}
	}

	private static String text(RpcRegistryProperties.Type type) {
		return type.name().toLowerCase(Locale.ROOT);
	}

}
