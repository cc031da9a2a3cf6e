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

import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * Where etcd is and how to get in. A bean of this type wins over the properties
 * {@code rpc.registry.etcd.endpoints}, {@code username}, {@code password} and
 * {@code ssl.bundle}; Testcontainers and Docker Compose support provide one.
 */
public interface EtcdConnectionDetails extends ConnectionDetails {

	/**
	 * Returns the members to talk to.
	 * @return {@code http://host:port} each, or {@code https://host:port} each; at least
	 * one
	 */
	List<URI> getEndpoints();

	/**
	 * Returns the user of etcd.
	 * @return the name, or {@code null} for no authentication
	 */
	default @Nullable String getUsername() {
		return null;
	}

	/**
	 * Returns the password of the user.
	 * @return the password, or {@code null} when there is no user
	 */
	default @Nullable String getPassword() {
		return null;
	}

	/**
	 * Returns the certificates for {@code https} endpoints. Asked at the start and for
	 * each new connection, on the registry's thread.
	 * @return the bundle, or {@code null} for what the JVM trusts
	 */
	default @Nullable SslBundle getSslBundle() {
		return null;
	}

}
