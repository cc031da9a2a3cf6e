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

package io.rpcboot.server.authentication;

import java.util.Objects;

import io.grpc.MethodDescriptor;

/**
 * What a method asks of its callers.
 */
enum Need {

	/**
	 * Nothing: its credentials are not even looked at.
	 */
	NOTHING,

	/**
	 * No credentials, but if there are some, they must be right.
	 */
	OPTIONAL,

	/**
	 * Credentials, unless the health of the whole server is asked for. Wrong ones count
	 * as none, so that a probe with an old token does not take a server for ill.
	 */
	FOR_DETAIL,

	/**
	 * Credentials.
	 */
	REQUIRED;

	private static final String HEALTH = "grpc.health.v1.Health";

	private static final String REFLECTION = "grpc.reflection.";

	static Need of(MethodDescriptor<?, ?> method, AuthenticationSettings settings) {
		String name = method.getFullMethodName();
		String service = Objects.requireNonNullElse(method.getServiceName(), "");
		if (service.equals(HEALTH)) {
			if (!settings.protectHealthDetail()) {
				return NOTHING;
			}
			// What else there is, or will be, such as List, tells of all services.
			return (name.equals(HEALTH + "/Check") || name.equals(HEALTH + "/Watch")) ? FOR_DETAIL : REQUIRED;
		}
		if (service.startsWith(REFLECTION)) {
			return settings.protectReflection() ? REQUIRED : NOTHING;
		}
		boolean open = Boolean.FALSE.equals(settings.required()) || settings.open().contains(name)
				|| settings.open().contains(service);
		return open ? OPTIONAL : REQUIRED;
	}

}
