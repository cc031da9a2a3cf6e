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
import io.rpcboot.registry.etcd.EtcdRegistry;

/**
 * Thrown when etcd answers that it does not know the user with the password that is set:
 * something that no waiting mends.
 */
final class EtcdUserException extends RpcException {

	/** What can be pasted stands on a line of its own. */
	private static final String LINE = "\n    rpc.registry.etcd.";

	private EtcdUserException(String message, String action) {
		super(message, action, null);
	}

	/**
	 * Asks etcd.
	 * @param registry asks
	 * @param details who says the user
	 * @throws EtcdUserException if etcd does not know the user
	 */
	static void check(EtcdRegistry registry, EtcdConnectionDetails details) {
		String refusal = registry.refusedUser();
		if (refusal != null) {
			throw new EtcdUserException(registry.describe() + " refuses the user '" + details
				.getUsername() + "': " + refusal, (details instanceof PropertiesEtcdConnectionDetails)
						? "Set a user that etcd knows, with its password. "
								+ "To start all the same and go on trying, set rpc.registry.etcd.check-user=false.\n"
								+ LINE + "username=" + details.getUsername() + LINE + "password=${ETCD_PASSWORD}"
						: "Correct user and password of the bean of type EtcdConnectionDetails, which wins over "
								+ "rpc.registry.etcd.*. To start all the same and go on trying, set:\n" + LINE
								+ "check-user=false");
		}
	}

}
