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

import org.jspecify.annotations.Nullable;

/**
 * A layout in which the servers of others stand in a registry: under which key, and what
 * a record says. Only read: what the starter registers is of its own layout. A bean of
 * this type can be named in {@code rpc.registry.etcd.applications}, and takes the place
 * of a built-in one of the same name.
 * <p>
 * Called by one thread at a time, the registry's own, which reads for all applications:
 * an implementation must not block. It is stateless: records come in any order, and one
 * record may come more than once.
 */
public interface InstanceCodec {

	/**
	 * Returns the name under which properties ask for this layout.
	 * @return a name in kebab-case, always the same
	 */
	String name();

	/**
	 * Returns the key under which the instances of an application stand when no other is
	 * configured. Called once for each application that has this layout, at the start.
	 * @param application the application's name
	 * @return the key, to which a slash is added when it does not end in one;
	 * {@code null} for the key of the starter's own layout
	 */
	default @Nullable String defaultKey(String application) {
		return null;
	}

	/**
	 * Reads a record. What is thrown costs one warning with its message, and the instance
	 * that this key held before, if any, stays.
	 * @param application the application's name, which the instance is to have
	 * @param keyId what follows the application's key and the slash; may be empty, and
	 * may hold slashes
	 * @param value the record
	 * @return the instance; {@code null} for a record that is in order, but is not an
	 * instance of this application that can be called by gRPC
	 * @throws IllegalArgumentException if the record cannot be read; the message names
	 * the field, its value and what was expected
	 */
	@Nullable ServiceInstance read(String application, String keyId, String value);

}
