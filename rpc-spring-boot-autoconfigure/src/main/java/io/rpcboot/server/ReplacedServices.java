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

package io.rpcboot.server;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.grpc.ServerServiceDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Finds what customizers have put in the place of services of the server: of two services
 * of one name gRPC serves the one that was added last, without the interceptors of the
 * other. Used while the server is built, and by any thread to look up from then on.
 */
final class ReplacedServices {

	private final List<ServerServiceDefinition> added;

	private final Set<String> own = new HashSet<>();

	/**
	 * Creates the finder.
	 * @param added the services that the server has added before customizers ran
	 */
	ReplacedServices(List<ServerServiceDefinition> added) {
		this.added = added;
		added.forEach((service) -> this.own.add(service.getServiceDescriptor().getName()));
	}

	/**
	 * Finds what was replaced.
	 * @param served what gRPC serves
	 * @param ofBeans the names of those that are beans
	 * @throws DuplicateServiceException if one of those was replaced
	 */
	void find(List<ServerServiceDefinition> served, Set<String> ofBeans) {
		for (ServerServiceDefinition service : served) {
			String name = service.getServiceDescriptor().getName();
			if (!this.added.contains(service) && this.own.remove(name) && ofBeans.contains(name)) {
				throw new DuplicateServiceException(name);
			}
		}
	}

	/**
	 * Says whether the server serves its own service of a name.
	 */
	boolean isOwn(@Nullable String name) {
		return name != null && this.own.contains(name);
	}

}
