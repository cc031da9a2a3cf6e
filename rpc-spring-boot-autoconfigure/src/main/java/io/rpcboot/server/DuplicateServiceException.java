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

/**
 * Thrown when one gRPC service is added twice: by two beans, or by a bean and an
 * {@link RpcServerCustomizer}.
 */
public final class DuplicateServiceException extends RpcServerException {

	private final String serviceName;

	DuplicateServiceException(String serviceName, String oneBean, String otherBean) {
		super("The gRPC service '" + serviceName + "' is served by two beans: '" + oneBean + "' and '" + otherBean
				+ "' (expected: one)",
				"Remove one of the beans. If it is a plain BindableService that is not meant to be served, leave those"
						+ " out:\n\n    rpc.server.plain-services.enabled=false",
				null);
		this.serviceName = serviceName;
	}

	/**
	 * Creates the exception for a service that a customizer has added over that of a
	 * bean: gRPC would serve the one that came last, without what guards the bean.
	 */
	DuplicateServiceException(String serviceName) {
		super("The gRPC service '" + serviceName
				+ "' is served by a bean, and an RpcServerCustomizer adds it again (expected: one of them)",
				"Remove the bean, or the call of addService() from the customizer.", null);
		this.serviceName = serviceName;
	}

	/**
	 * Returns the service.
	 * @return its full gRPC name
	 */
	public String serviceName() {
		return this.serviceName;
	}

}
