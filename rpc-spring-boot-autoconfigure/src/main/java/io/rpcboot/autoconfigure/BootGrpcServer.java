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

import io.rpcboot.server.RpcServerException;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Spring Boot's own gRPC server, which may run in the same application.
 */
final class BootGrpcServer {

	static final String LIFECYCLE = "org.springframework.grpc.server.lifecycle.GrpcServerLifecycle";

	private BootGrpcServer() {
	}

	static boolean isPresent(ListableBeanFactory beans) {
		if (!ClassUtils.isPresent(LIFECYCLE, null)) {
			return false;
		}
		Class<?> lifecycle = ClassUtils.resolveClassName(LIFECYCLE, null);
		return beans.getBeanNamesForType(lifecycle, true, false).length > 0;
	}

	/**
	 * Fails where both servers would listen on one port, which is the default of both.
	 */
	static void checkPort(Environment environment, int port) {
		int bootPort = environment.getProperty("spring.grpc.server.port", Integer.class, 9090);
		if (port != 0 && port == bootPort) {
			throw new RpcServerException("rpc.server.port and spring.grpc.server.port are both " + port
					+ ": Spring Boot's own gRPC server is on the class path, and two servers cannot share a port",
					"Set rpc.server.port or spring.grpc.server.port to another port, or remove one of the starters:"
							+ "\n\n    rpc.server.port=" + ((port < 65535) ? port + 1 : port - 1),
					null);
		}
	}

}
