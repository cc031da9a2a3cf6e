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

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceDiscovery;

/**
 * What references find where there is no registry: the reason why.
 */
final class NoDiscovery implements ServiceDiscovery {

	private final String reason;

	NoDiscovery(String reason) {
		this.reason = reason;
	}

	@Override
	public InstanceWatch watch(String application, InstanceListener listener) {
		listener.onUnavailable(new NoRegistryException(this.reason, application));
		return InstanceWatch.OF_FIXED_SET;
	}

	@Override
	public ServiceDiscovery in(String namespace) {
		return this;
	}

	@Override
	public String describe() {
		return "no registry";
	}

	private static final class NoRegistryException extends RegistryException {

		NoRegistryException(String reason, String application) {
			super(reason + ", and rpc.client.references[" + application + "].addresses names no address");
		}

		@Override
		public String action() {
			return "Change one of the two";
		}

	}

}
