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

package io.rpcboot.tls;

import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

/**
 * What one side of TLS has.
 *
 * @param keys its own certificate and key; {@code null} for none
 * @param trust whom it trusts; {@code null} for those that the JVM trusts
 * @param protocols versions of TLS; empty for the defaults
 * @param ciphers cipher suites; empty for those that HTTP/2 allows
 */
public record TlsMaterial(@Nullable KeyManagerFactory keys, @Nullable TrustManagerFactory trust, List<String> protocols,
		List<String> ciphers) {

	/**
	 * What a client has that shows no certificate and trusts whom the JVM trusts.
	 */
	public static final TlsMaterial OF_THE_JVM = new TlsMaterial(null, null, List.of(), List.of());

	/**
	 * Copies the lists.
	 */
	public TlsMaterial {
		protocols = List.copyOf(protocols);
		ciphers = List.copyOf(ciphers);
	}

}
