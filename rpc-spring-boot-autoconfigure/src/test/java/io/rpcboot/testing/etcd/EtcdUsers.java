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

package io.rpcboot.testing.etcd;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.Client;

/**
 * The users of an etcd that demands to be logged in to.
 */
public final class EtcdUsers {

	private EtcdUsers() {
	}

	/**
	 * Lets an etcd demand from now on that its clients log in. It knows {@code root}, who
	 * may do everything, and another user, who may do nothing.
	 * @param etcd the etcd, which demands nothing yet
	 * @param password the password of both
	 * @param other the name of the other user
	 */
	public static void demandLogIn(EtcdServer etcd, String password, String other) {
		try (Client client = Client.builder().endpoints(etcd.endpoint()).build()) {
			Auth auth = client.getAuthClient();
			EtcdStore.await(auth.userAdd(EtcdStore.bytes("root"), EtcdStore.bytes(password)));
			EtcdStore.await(auth.roleAdd(EtcdStore.bytes("root")));
			EtcdStore.await(auth.userGrantRole(EtcdStore.bytes("root"), EtcdStore.bytes("root")));
			EtcdStore.await(auth.userAdd(EtcdStore.bytes(other), EtcdStore.bytes(password)));
			EtcdStore.await(auth.authEnable());
		}
	}

}
