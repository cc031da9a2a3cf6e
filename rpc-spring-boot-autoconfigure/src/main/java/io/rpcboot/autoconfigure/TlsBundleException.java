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

import io.rpcboot.call.RpcException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;

/**
 * Thrown when what is set for TLS cannot be.
 */
final class TlsBundleException extends RpcException {

	TlsBundleException(String message, String action, @Nullable Throwable cause) {
		super(message, action, cause);
	}

	/**
	 * A bundle of that name is not there.
	 * @param lines what can be pasted, each line on its own
	 */
	static TlsBundleException unknown(String key, String name, SslBundles known, String lines,
			NoSuchSslBundleException cause) {
		return new TlsBundleException(
				key + ": '" + name + "' (expected: the name of an SSL bundle; there are "
						+ known.getBundleNames().stream().sorted().toList() + ")",
				"Name one of these, or define it:" + lines, cause);
	}

	/**
	 * There are no bundles at all.
	 */
	static TlsBundleException noBundles(String key, String name) {
		return new TlsBundleException(
				key + ": '" + name + "' (expected: a bean of type SslBundles, as SslAutoConfiguration has it)",
				"Do not exclude SslAutoConfiguration, or define such a bean.", null);
	}

}
