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

import java.util.List;
import java.util.function.Supplier;

import io.rpcboot.registry.etcd.EtcdSettings.Tls;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;

/**
 * Hands an SSL bundle to the registry, which does not know Boot.
 */
final class EtcdTlsMaterial implements Supplier<Tls> {

	private final EtcdConnectionDetails details;

	private EtcdTlsMaterial(EtcdConnectionDetails details) {
		this.details = details;
	}

	/**
	 * Returns the material of these details as it is at each call.
	 * @return the material, or {@code null} when they have none
	 */
	static @Nullable Supplier<Tls> of(EtcdConnectionDetails details) {
		return (details.getSslBundle() != null) ? new EtcdTlsMaterial(details) : null;
	}

	@Override
	public Tls get() {
		SslBundle bundle = this.details.getSslBundle();
		if (bundle == null) {
			return new Tls(null, null, List.of(), List.of());
		}
		SslManagerBundle managers = bundle.getManagers();
		return new Tls(managers.getKeyManagerFactory(), managers.getTrustManagerFactory(),
				list(bundle.getOptions().getEnabledProtocols()), list(bundle.getOptions().getCiphers()));
	}

	private static List<String> list(String @Nullable [] values) {
		return (values != null) ? List.of(values) : List.of();
	}

}
