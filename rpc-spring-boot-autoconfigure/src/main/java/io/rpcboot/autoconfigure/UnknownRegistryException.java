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

import java.util.stream.Stream;

import io.rpcboot.call.RpcException;

import org.springframework.core.env.Environment;

/**
 * Thrown when the type of the registry is set to a text that the conditions of the beans
 * do not know, although it can be bound: nothing, or a name that is spelt another way.
 */
final class UnknownRegistryException extends RpcException {

	private static final String TYPE = "rpc.registry.type";

	private UnknownRegistryException(String type) {
		super(TYPE + ": '" + type + "' (expected: etcd, local or none)",
				"Name one of these, or remove the property for etcd:\n\n    " + TYPE + "=etcd", null);
	}

	/**
	 * Checks that the type, if it is set, is the name of one.
	 */
	static void check(Environment environment) {
		String type = environment.getProperty(TYPE);
		if (type != null && !isName(type)) {
			throw new UnknownRegistryException(type);
		}
	}

	private static boolean isName(String text) {
		return Stream.of(RpcRegistryProperties.Type.values()).anyMatch((type) -> type.name().equalsIgnoreCase(text));
	}

}
