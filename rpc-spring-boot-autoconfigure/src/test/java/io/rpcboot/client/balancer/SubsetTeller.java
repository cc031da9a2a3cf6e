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

package io.rpcboot.client.balancer;

import java.util.List;
import java.util.Set;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * Tells a subset as the test says.
 */
final class SubsetTeller implements ServiceDiscovery {

	private @Nullable InstanceListener listener;

	private @Nullable Runnable told;

	@Override
	public synchronized InstanceWatch watch(String application, InstanceListener newListener) {
		this.listener = newListener;
		if (this.told != null) {
			this.told.run();
		}
		return InstanceWatch.OF_FIXED_SET;
	}

	synchronized void tell(List<ServiceInstance> instances, Set<String> leaving, List<ServiceInstance> outside) {
		this.told = () -> {
			if (this.listener != null) {
				this.listener.onSubset(instances, leaving, outside);
			}
		};
		this.told.run();
	}

}
