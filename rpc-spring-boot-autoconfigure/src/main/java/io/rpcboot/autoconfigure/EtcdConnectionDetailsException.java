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

import io.rpcboot.call.RpcException;

import org.springframework.boot.origin.Origin;

/**
 * Thrown when a bean of type {@link EtcdConnectionDetails} says what cannot be.
 */
final class EtcdConnectionDetailsException extends RpcException {

	EtcdConnectionDetailsException(EtcdConnectionDetails details, String found, String expected) {
		super("The bean of type " + details.getClass().getName() + " says " + found + " (expected: " + expected + ")"
				+ origin(details),
				"Correct the bean of type EtcdConnectionDetails, which wins over rpc.registry.etcd.*.", null);
	}

	private static String origin(EtcdConnectionDetails details) {
		Origin origin = Origin.from(details);
		return (origin != null) ? ", from " + origin : "";
	}

}
