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

import java.util.List;

/**
 * A gRPC service that the server serves at this moment.
 *
 * @param name its full name
 * @param status what {@code grpc.health.v1} says of it, such as {@code SERVING}; empty
 * for a service of the starter's own
 * @param methods its methods, in the order of their names
 */
public record ServedService(String name, String status, List<Method> methods) {

	/**
	 * Copies the list.
	 */
	public ServedService {
		methods = List.copyOf(methods);
	}

	/**
	 * A method of a service.
	 *
	 * @param name its name without that of the service
	 * @param type such as {@code UNARY} or {@code SERVER_STREAMING}
	 */
	public record Method(String name, String type) {

	}

}
