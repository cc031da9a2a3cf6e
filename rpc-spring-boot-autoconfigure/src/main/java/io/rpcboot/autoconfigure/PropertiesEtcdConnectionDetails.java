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

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

import io.rpcboot.autoconfigure.RpcRegistryProperties.Etcd;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * What the properties say about etcd.
 */
final class PropertiesEtcdConnectionDetails implements EtcdConnectionDetails {

	private static final String BUNDLE = "rpc.registry.etcd.ssl.bundle";

	private final Etcd properties;

	private final @Nullable SslBundles bundles;

	PropertiesEtcdConnectionDetails(Etcd properties, ObjectProvider<SslBundles> bundles) {
		this.properties = properties;
		this.bundles = bundles.getIfAvailable();
	}

	@Override
	public List<URI> getEndpoints() {
		return this.properties.getEndpoints().stream().map(PropertiesEtcdConnectionDetails::endpoint).toList();
	}

	@Override
	public @Nullable String getUsername() {
		return text(this.properties.getUsername());
	}

	@Override
	public @Nullable String getPassword() {
		return text(this.properties.getPassword());
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		String name = bundleName();
		if (name == null) {
			return null;
		}
		try {
			return bundles(name).getBundle(name);
		}
		catch (NoSuchSslBundleException ex) {
			throw TlsBundleException.unknown(BUNDLE, name, bundles(name), TlsBundles.truststore(name), ex);
		}
	}

	/**
	 * Calls back each time that the bundle has been read again.
	 */
	void onBundleUpdate(Runnable callback) {
		String name = bundleName();
		if (name != null) {
			bundles(name).addBundleUpdateHandler(name, (bundle) -> callback.run());
		}
	}

	private @Nullable String bundleName() {
		return text(this.properties.getSsl().getBundle());
	}

	/**
	 * An empty environment variable says nothing.
	 */
	private static @Nullable String text(@Nullable String value) {
		return (value != null && !value.isBlank()) ? value : null;
	}

	private SslBundles bundles(String name) {
		if (this.bundles == null) {
			throw TlsBundleException.noBundles(BUNDLE, name);
		}
		return this.bundles;
	}

	private static URI endpoint(String text) {
		EtcdDetailsCheck.withoutUser("rpc.registry.etcd.endpoints", text);
		try {
			return new URI(text.trim());
		}
		catch (URISyntaxException ex) {
			throw new InvalidConfigurationPropertyValueException("rpc.registry.etcd.endpoints", text,
					"Expected: " + EtcdDetailsCheck.ENDPOINT + ".", ex);
		}
	}

}
