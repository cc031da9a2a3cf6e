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

import io.rpcboot.registry.InstanceCodec;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * The layout of go-zero ({@code core/discov/publisher.go}): under {@code <Key>/<lease in
 * decimals>}, or {@code <Key>/<ID>} where the server configures one, stands
 * {@code host:port} and nothing else. {@code Key} is what the server's configuration says
 * under {@code Etcd.Key}.
 * <p>
 * A key that goes deeper belongs to a server whose {@code Key} begins with this one.
 * go-zero's own consumers call it all the same; here it is passed over.
 */
final class GoZeroCodec implements InstanceCodec {

	@Override
	public String name() {
		return "go-zero";
	}

	@Override
	public String defaultKey(String application) {
		return application;
	}

	@Override
	public @Nullable ServiceInstance read(String application, String keyId, String value) {
		if (keyId.indexOf('/') >= 0) {
			return null;
		}
		HostPort address = HostPort.parse("value", "", value);
		return ServiceInstance.of(keyId, application, address.host(), address.port());
	}

}
