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

package io.rpcboot.registry.etcd;

import java.nio.charset.StandardCharsets;

import io.etcd.jetcd.ByteSequence;
import io.rpcboot.registry.RegistryName;

/**
 * The layout of keys: {@code /rpc/{namespace}/{application}/{instanceId}}, and
 * {@code /rpc/{namespace}/.consumers/{application}/{number}}. Names are restricted, so
 * that none of them can hold a slash and reach into another's keys.
 */
final class EtcdKeys {

	private final String namespace;

	EtcdKeys(String namespace) {
		this.namespace = RegistryName.check("namespace", namespace);
	}

	/**
	 * Returns what all keys of an application begin with. Ends in a slash, or
	 * {@code demo} would see {@code demo-provider}'s.
	 */
	String application(String application) {
		return "/rpc/" + this.namespace + "/" + RegistryName.check("application", application) + "/";
	}

	String instance(String application, String instanceId) {
		return application(application) + RegistryName.check("id", instanceId);
	}

	/**
	 * Returns what the keys of an application's consumers begin with. No application can
	 * be called so: a name does not begin with a dot.
	 */
	String consumers(String application) {
		return "/rpc/" + this.namespace + "/.consumers/" + RegistryName.check("application", application) + "/";
	}

	/**
	 * Returns the end, exclusive, of the range of keys that begin with a prefix.
	 */
	static String endOfPrefix(String prefix) {
		int last = prefix.length() - 1;
		return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
	}

	/**
	 * Returns the end, exclusive, of the range of this one key; also what the key after
	 * it begins with.
	 */
	static String endOfKey(String key) {
		return key + '\0';
	}

	static ByteSequence bytes(String key) {
		return ByteSequence.from(key, StandardCharsets.UTF_8);
	}

}
