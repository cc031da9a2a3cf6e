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

/**
 * Finds what customizers have put in the place of services of the server: of two services
 * of one name gRPC serves the one that was added last, without the interceptors of the
 * other. Used while the server is built, and by any thread to look up from then on.
 */
final class ReplacedServices {

	private final List<ServerServiceDefinition> added;

	/** The full names of the methods that gRPC takes from those. */
	private final Set<String> own = new HashSet<>();

	/**
	 * Creates the finder.
	 * @param added the services that the server has added before customizers ran
	 */
	ReplacedServices(List<ServerServiceDefinition> added) {
		this.added = added;
	}

	/**
	 * Finds what was replaced. Before the server starts.
	 * @param registered what gRPC looks for before it asks a fallback registry
	 * @param ofBeans the names of the services that are beans
	 * @throws DuplicateServiceException if one of those was replaced
	 */
	void find(List<ServerServiceDefinition> registered, Set<String> ofBeans) {
		for (ServerServiceDefinition service : registered) {
			if (this.added.contains(service)) {
				service.getMethods()
					.forEach((method) -> this.own.add(method.getMethodDescriptor().getFullMethodName()));
			}
			else if (ofBeans.contains(service.getServiceDescriptor().getName())) {
				throw new DuplicateServiceException(service.getServiceDescriptor().getName());
			}
		}
	}

	/**
	 * Says whether a method is one of the server's own services, behind its interceptors.
	 * Those are bound to methods: a fallback registry may serve more under the name of
	 * the same service, without them.
	 * @param fullMethodName what is called
	 */
	boolean isOwn(String fullMethodName) {
		return this.own.contains(fullMethodName);
	}

}
