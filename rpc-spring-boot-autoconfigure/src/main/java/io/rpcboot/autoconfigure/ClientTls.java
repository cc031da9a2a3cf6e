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

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextChannelCredentials;
import io.rpcboot.autoconfigure.RpcClientProperties.Ssl;
import io.rpcboot.tls.LiveTls;
import io.rpcboot.tls.TlsMaterial;
import org.jspecify.annotations.Nullable;

/**
 * Makes the TLS of channels of the properties: that of a reference, else that of the
 * defaults. References with one bundle share what is made of it.
 */
final class ClientTls {

	private static final String DEFAULTS = "rpc.client.defaults";

	private static final String OF_THE_JVM = "";

	private final TlsBundles bundles;

	private final Map<String, ChannelCredentials> byBundle = new HashMap<>();

	private ClientTls(TlsBundles bundles) {
		this.bundles = bundles;
	}

	/**
	 * Reads the properties.
	 * @param properties the properties
	 * @param bundles where their bundles are
	 * @return the credentials of the channel to an application
	 */
	static Function<String, ChannelCredentials> from(RpcClientProperties properties, TlsBundles bundles) {
		ClientTls tls = new ClientTls(bundles);
		Ssl defaults = properties.getDefaults().getSsl();
		ChannelCredentials standard = tls.credentials(DEFAULTS, defaults, defaults);
		Map<String, ChannelCredentials> references = new LinkedHashMap<>();
		properties.getReferences()
			.forEach((application, reference) -> references.put(application,
					tls.credentials("rpc.client.references[" + application + "]", reference.getSsl(), defaults)));
		return (application) -> references.getOrDefault(application, standard);
	}

	private ChannelCredentials credentials(String prefix, Ssl own, Ssl defaults) {
		String ownBundle = TlsBundles.text(own.getBundle());
		String bundle = (ownBundle != null) ? ownBundle : TlsBundles.text(defaults.getBundle());
		if (!isEnabled(own, ownBundle, defaults, bundle)) {
			return InsecureChannelCredentials.create();
		}
		String key = ((ownBundle != null) ? prefix : DEFAULTS) + ".ssl.bundle";
		return this.byBundle.computeIfAbsent((bundle != null) ? bundle : OF_THE_JVM,
				(name) -> NettySslContextChannelCredentials.create(side(key, name).context()));
	}

	/**
	 * The own word counts first, be it the name of a bundle; then that of the defaults.
	 */
	private static boolean isEnabled(Ssl own, @Nullable String ownBundle, Ssl defaults, @Nullable String bundle) {
		Boolean enabled = own.getEnabled();
		if (enabled == null && ownBundle == null) {
			enabled = defaults.getEnabled();
		}
		return (enabled != null) ? enabled : bundle != null;
	}

	private LiveTls side(String key, String name) {
		return name.equals(OF_THE_JVM) ? LiveTls.client(TlsMaterial.OF_THE_JVM) : this.bundles.client(key, name);
	}

}
